// Decisions made outside the Label room: labels for many clips at once, what takes them back and does them again, and the toasts that say so.
import type { LabelResult } from '../../shared/contract/schemas.ts';
import { labelling } from './labelling.svelte.ts';
import { commands } from '../ui/commands.svelte.ts';
import { dotted, plural } from '../ui/format.ts';
import { labelStyles } from '../ui/labels.svelte.ts';
import { toasts } from '../ui/toasts.svelte.ts';

/** Sets the label of clips as one decision; null is "unsure". */
export async function relabel(clipIds: readonly number[], label: string | null): Promise<void> {
  const result = await labelling.setIds(clipIds, { upTo: labelling.head }, { label });
  if (!result) return;
  toasts.show({
    text: `${plural(result.clips.length, 'clip')} labelled ${labelStyles.of(label).name}`,
    label,
    action: undoAction(),
  });
}

/** Whose keys for it are shown: the room's on screen. */
type Commands = 'corpus' | 'duel';

/** Takes back the rater's last decision on the open corpus, in whichever room it was made. */
export async function undo(from: Commands = 'corpus'): Promise<void> {
  tell(await labelling.undo(), 'Taken back', {
    label: 'Redo',
    key: commands.keyOf(`${from}.redo`),
    run: () => void redo(from),
  });
}

export async function redo(from: Commands = 'corpus'): Promise<void> {
  tell(await labelling.redo(), 'Done again', undoAction(from));
}

/** What a toast offers after a decision. */
export function undoAction(from: Commands = 'corpus') {
  return { label: 'Undo', key: commands.keyOf(`${from}.undo`), run: () => void undo(from) };
}

function tell(result: LabelResult | null, word: string, action: ReturnType<typeof undoAction>): void {
  if (!result) return;
  const segments = result.segments.length + result.goneSegmentIds.length;
  const clips = result.clips.length;
  const what = dotted(clips > 0 && plural(clips, 'clip'), segments > 0 && plural(segments, 'segment'));
  toasts.show({ text: `${word}: ${what}`, action });
}
