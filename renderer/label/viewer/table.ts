// Every frame of some tracks as one CSV file, asked for in stretches.
import type { FeatureTrack } from '../../../shared/contract/schemas.ts';
import { engine } from '../../state/engine.svelte.ts';

/** Frames of one question. */
const STRETCH = 2048;

/** @param onProgress is given the share that is there, 0..1 */
export async function saveTable(
  clipId: number,
  tracks: readonly FeatureTrack[],
  frames: number,
  onProgress: (share: number) => void,
): Promise<Blob> {
  const parts: Blob[] = [];
  for (let first = 0; ; first += STRETCH) {
    const part = await engine.client.tracks.table({ clipId, tracks: [...tracks], first, count: STRETCH });
    if (part.size === 0) break;
    parts.push(part);
    onProgress(Math.min(1, (first + STRETCH) / frames));
  }
  return new Blob(parts, { type: 'text/csv' });
}
