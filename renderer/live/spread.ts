// Which clips stand for a corpus: as many of every label, chosen by their place and not by how they were heard.
import type { PredictionRow } from '../../shared/contract/schemas.ts';
import { baseName } from '../ui/format.ts';

export interface KnownClip {
  readonly clipId: number;
  readonly name: string;
  readonly label: string;
  readonly speaker: string | null;
}

/** So many clips a label, no two labels one after the other: chosen by their place, not by how they were heard. */
export function spreadByLabel(
  rows: readonly PredictionRow[],
  labels: readonly string[],
  each: number,
): KnownClip[] {
  const chosen: KnownClip[] = [];
  for (let round = 0; round < each; round++) {
    for (const label of labels) {
      const own = rows.filter((row) => row.label === label);
      const row = own[Math.floor(((round + 0.5) * own.length) / each)];
      if (!row || chosen.some(({ clipId }) => clipId === row.clipId)) continue;
      chosen.push({ clipId: row.clipId, name: baseName(row.path), label, speaker: row.speaker });
    }
  }
  return chosen;
}
