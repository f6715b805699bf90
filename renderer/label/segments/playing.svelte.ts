// Plays the selected segment: once, or round and round.
import { player } from '../../state/player.svelte.ts';
import { segments } from './segments.svelte.ts';

/** Plays the selected segment from its start to its end, to the sample; again and again while looping is on. */
export async function playSelected(): Promise<void> {
  const { selected, looping } = segments;
  if (!selected) return;
  const { startSeconds, endSeconds } = selected;
  await player.playSpan({ fromSeconds: startSeconds, toSeconds: endSeconds, loop: looping });
}

/** Loops the selected segment from now on, or no longer. */
export function toggleLoop(): void {
  segments.looping = !segments.looping;
  if (segments.looping) void playSelected();
  else player.pause();
}
