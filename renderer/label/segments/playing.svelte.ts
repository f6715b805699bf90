// Plays the selected segment: once, or round and round.
import { player } from '../../state/player.svelte.ts';
import { segments } from './segments.svelte.ts';

let frame = 0;

/** Plays the selected segment from its start to its end; again and again while looping is on. */
export async function playSelected(): Promise<void> {
  const { selected } = segments;
  if (!selected) return;
  const { segmentId } = selected;
  cancelAnimationFrame(frame);
  player.pause();
  player.seek(selected.startSeconds);
  await player.play();
  const watch = () => {
    // Its edges may be moved while it plays.
    const now = segments.selected;
    if (now?.segmentId !== segmentId || !player.playing) {
      if (segments.looping && now?.segmentId === segmentId && isAtEnd(now.endSeconds)) void playSelected();
      return;
    }
    if (player.audio.currentTime >= now.endSeconds) {
      if (!segments.looping) return player.pause();
      player.seek(now.startSeconds);
    }
    frame = requestAnimationFrame(watch);
  };
  watch();
}

/** The sound itself ended, not a person. */
function isAtEnd(endSeconds: number): boolean {
  return player.audio.ended && endSeconds >= player.audio.duration - 0.05;
}

/** Loops the selected segment from now on, or no longer. */
export function toggleLoop(): void {
  segments.looping = !segments.looping;
  if (segments.looping) void playSelected();
}
