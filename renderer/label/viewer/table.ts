// Every frame of some tracks as one CSV file, asked for in stretches.
import type { FeatureTrack } from '../../../shared/contract/schemas.ts';
import { engine } from '../../state/engine.svelte.ts';

/** Frames of one question. */
const STRETCH = 2048;

export interface TableOf {
  readonly clipId: number;
  /** Its name. */
  readonly recipe: string;
  readonly tracks: readonly FeatureTrack[];
}

/** @param onProgress is given the share that is there, 0..1 */
export async function saveTable(
  { clipId, recipe, tracks }: TableOf,
  frames: number,
  onProgress: (share: number) => void,
): Promise<Blob> {
  const parts: Blob[] = [];
  for (let first = 0; ; first += STRETCH) {
    const asked = { clipId, recipe, tracks: [...tracks], first, count: STRETCH };
    const part = await engine.client.tracks.table(asked);
    if (part.size === 0) break;
    parts.push(part);
    onProgress(Math.min(1, (first + STRETCH) / frames));
  }
  return new Blob(parts, { type: 'text/csv' });
}
