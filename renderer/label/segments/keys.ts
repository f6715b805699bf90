// The keys of segments, with what they do.
import { player } from '../../state/player.svelte.ts';
import type { Command } from '../../ui/command.ts';
import { SEGMENT_KEYS, withActions } from '../../ui/roomKeys.ts';
import { NUDGE_SECONDS, segments } from './segments.svelte.ts';
import { playSelected, toggleLoop } from './playing.svelte.ts';

/** Commands while clips are labelled; those about a segment only while one is selected. */
export function segmentCommands(): Command[] {
  const enabled = () => segments.selectedId !== null;
  const nudge = (what: 'start' | 'end' | 'body', sign: number) => ({
    enabled,
    run: () => segments.nudge(what, sign * NUDGE_SECONDS),
  });
  return withActions('Segments', SEGMENT_KEYS, {
    'segment.in': { enabled: () => segments.clipId !== null, run: () => segments.markIn() },
    'segment.out': {
      enabled: () => segments.markedSeconds !== null,
      run: () => void segments.markOut(),
    },
    'segment.next': { run: () => segments.step(1) },
    'segment.previous': { run: () => segments.step(-1) },
    'segment.play': { enabled, run: () => void playSelected() },
    'segment.loop': { enabled, run: toggleLoop },
    'segment.fit': { run: () => segments.fit() },
    'segment.split': { enabled, run: () => void segments.split(player.timeSeconds) },
    'segment.merge': { enabled, run: () => void segments.mergeNext() },
    'segment.lock': { enabled, run: () => void segments.toggleLock() },
    'segment.snap': { run: () => segments.cycleSnap() },
    'segment.tier': { enabled, run: () => void segments.nextTier() },
    'segment.left': nudge('body', -1),
    'segment.right': nudge('body', 1),
    'segment.start.left': nudge('start', -1),
    'segment.start.right': nudge('start', 1),
    'segment.end.left': nudge('end', -1),
    'segment.end.right': nudge('end', 1),
    'segment.remove': { enabled, run: () => void segments.remove() },
  });
}
