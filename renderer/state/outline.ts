// A clip's outline from the engine, at the detail a picture of the whole clip needs.
import { unpackWindow } from '../../shared/contract/trackWindow.ts';
import { outlineOf, type Peaks } from '../ui/peaks.ts';
import { engine } from './engine.svelte.ts';

/** Samples behind a pair of the finest outline, and pairs of a level in one of the next. */
const SAMPLES_PER_PAIR = 64;
const PAIRS_PER_PAIR = 4;
const MOST_PAIRS = 8192;

/** @param frames of the clip, samples a channel */
export async function readOutline(clipId: number, frames: number): Promise<Peaks> {
  let level = 0;
  let pairs = Math.ceil(frames / SAMPLES_PER_PAIR);
  for (; pairs > MOST_PAIRS; level += 1) pairs = Math.ceil(pairs / PAIRS_PER_PAIR);
  const file = await engine.client.tracks.window({
    ...{ clipId, track: 'outline', level, first: 0, count: Math.max(1, pairs) },
  });
  return outlineOf(new Int16Array(unpackWindow(await file.arrayBuffer()).data), pairs);
}
