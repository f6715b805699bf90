// Labels for many clips at once from the list, taken back and done again without leaving the room.
import type { LabelResult } from '../../shared/contract/schemas.ts';
import { labelling } from '../state/labelling.svelte.ts';
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

/** Takes back the rater's last decision on the open corpus, in whichever room it was made. */
export async function undo(): Promise<void> {
  tell(await labelling.undo(), 'Taken back', {
    label: 'Redo',
    key: commands.keyOf('corpus.redo'),
    run: () => void redo(),
  });
}

export async function redo(): Promise<void> {
  tell(await labelling.redo(), 'Done again', undoAction());
}

function undoAction() {
  return { label: 'Undo', key: commands.keyOf('corpus.undo'), run: () => void undo() };
}

function tell(result: LabelResult | null, word: string, action: ReturnType<typeof undoAction>): void {
  if (!result) return;
  const segments = result.segments.length + result.goneSegmentIds.length;
  const clips = result.clips.length;
  const what = dotted(clips > 0 && plural(clips, 'clip'), segments > 0 && plural(segments, 'segment'));
  toasts.show({ text: `${word}: ${what}`, action });
}
