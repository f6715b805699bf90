// What the keys of the Label room do to clips: set, relabel many, flag, note, take back. Views and controls call it.
import type { Clip, LabelPatch, LabelResult } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { labelling } from '../state/labelling.svelte.ts';
import { player } from '../state/player.svelte.ts';
import { afterPaint } from '../ui/afterPaint.ts';
import { commands } from '../ui/commands.svelte.ts';
import { plural } from '../ui/format.ts';
import { labelStyles } from '../ui/labels.svelte.ts';
import { toasts, type ToastMessage } from '../ui/toasts.svelte.ts';
import { blind } from '../state/blind.svelte.ts';
import { draft } from './draft.svelte.ts';
import { queue } from './queue.svelte.ts';
import { segments } from './segments/segments.svelte.ts';
import { views } from './views.svelte.ts';

class Review {
  #moved = false;

  move(step: number): void {
    this.#moved = true;
    this.#moved = queue.move(step);
  }

  goTo(index: number): void {
    this.#moved = true;
    this.#moved = queue.goTo(index);
  }

  /** Loads the clip on screen, and plays it where it was moved to by hand and that is wanted. */
  async load(clipId: number): Promise<void> {
    const play = this.#moved && app.settings?.playOnMove;
    this.#moved = false;
    if (play) await player.playClip(clipId);
    else await player.load(clipId);
  }

  /** A label key: of the selected segment, else of the selected clips, else of the clip on screen. */
  label(label: string | null): void {
    if (draft.secondaryNext) return this.#secondary(label);
    if (segments.selected || segments.drawing > 0) {
      void segments.relabel(label);
      return;
    }
    const { patch, reason } = draft.take(label);
    if (queue.selected.size > 0) void this.#many(patch, reason);
    else this.#one(patch, reason);
  }

  /** Sets the label of the clip on screen, and moves on as soon as it is shown as saved. */
  #one(patch: LabelPatch, reason: string | null): void {
    const clip = queue.current;
    if (!clip) return;
    // It spoke of the decision before.
    toasts.dismiss();
    const decision = labelling.set([clip], patch, { reason, blind: queue.isHidden(clip.clipId) });
    let stays = !app.settings?.advanceAfterLabel;
    void decision.then((result) => {
      if (result !== null) return;
      stays = true;
      queue.goToClip(clip.clipId);
    });
    if (stays) return;
    afterPaint(decision, () => {
      if (!stays) this.move(1);
    });
  }

  /** One decision over all that is selected: one undo takes it back. */
  async #many(patch: LabelPatch, reason: string | null): Promise<void> {
    const result = await this.#decide(patch, reason);
    if (!result) return;
    queue.unselect();
    const label = patch.label ?? null;
    toasts.show({
      text: `${plural(result.clips.length, 'clip')} ${result.clips.length === 1 ? 'is' : 'are'} now ${labelStyles.of(label).name}`,
      label,
      action: { label: 'Undo', key: commands.keyOf('label.undo'), run: () => void this.undo() },
    });
  }

  /** Decides about the selected clips, else about the one on screen. */
  #decide(patch: LabelPatch, reason: string | null = null): Promise<LabelResult | null> {
    const ids = queue.targets();
    const known = ids.map((id) => queue.clips.get(id)).filter((clip): clip is Clip => clip !== undefined);
    const said = { reason, blind: ids.length > 0 && ids.every((id) => queue.isHidden(id)) };
    if (known.length === ids.length) return labelling.set(known, patch, said);
    return labelling.setIds(ids, { upTo: labelling.head }, patch, said);
  }

  /** Whether details belong to a label that the rater has set, and not to the next one. */
  #hasOwn(): boolean {
    return queue.selected.size === 0 && queue.currentId !== null && queue.own.has(queue.currentId);
  }

  /** How sure the rater is, 1-5: of the label they have set on this clip, else of the next one. */
  confidence(value: number): void {
    if (this.#hasOwn()) void this.#decide({ confidence: value });
    else draft.confidence = draft.confidence === value ? null : value;
  }

  #secondary(label: string | null): void {
    draft.secondaryNext = false;
    if (this.#hasOwn()) void this.#decide({ secondaryLabel: label });
    else draft.secondaryLabel = label;
  }

  /** Flags the recording as bad, or takes the flag off. */
  async flag(): Promise<void> {
    const clip = queue.current;
    if (!clip) return;
    const result = await this.#decide({ bad: !clip.bad });
    if (result) queue.unselect();
  }

  /** Writes a note on the clip on screen; nothing written takes it off. */
  async note(text: string): Promise<void> {
    const clip = queue.current;
    const note = text.trim() === '' ? null : text.trim();
    if (clip && note !== clip.note) await labelling.set([clip], { note });
  }

  toggleBlind(): void {
    blind.toggle();
    void queue.make(() => queue.currentId);
  }

  async undo(): Promise<void> {
    await segments.flush();
    this.#told(await labelling.undo(), 'Taken back', {
      label: 'Redo',
      key: commands.keyOf('label.redo'),
      run: () => void this.redo(),
    });
  }

  async redo(): Promise<void> {
    await segments.flush();
    this.#told(await labelling.redo(), 'Done again', {
      label: 'Undo',
      key: commands.keyOf('label.undo'),
      run: () => void this.undo(),
    });
  }

  async revert(eventId: number, scope: 'event' | 'decision'): Promise<void> {
    this.#told(await labelling.revert(eventId, scope), 'Reverted', {
      label: 'Undo',
      key: commands.keyOf('label.undo'),
      run: () => void this.undo(),
    });
  }

  /** Says what a step back or forth came to, and shows the clip it was about. */
  #told(result: LabelResult | null, word: string, action: NonNullable<ToastMessage['action']>): void {
    if (!result) return;
    const touched = result.segments.length + result.goneSegmentIds.length;
    if (touched > 0 && result.clips.length === 0) {
      toasts.show({ text: `${word}: ${plural(touched, 'segment')}`, action });
      return;
    }
    const [first] = result.clips;
    if (!first) return;
    if (views.at === 'review') queue.goToClip(first.clipId);
    if (result.clips.length > 1 || touched > 0) {
      toasts.show({ text: `${word}: ${plural(result.clips.length, 'clip')}`, action });
      return;
    }
    // While blind the label that stands again may be somebody else's.
    const { label, decided, hidden } = queue.shownLabel(first);
    if (hidden) toasts.show({ text: word, action });
    else
      toasts.show({ text: `${word}: ${labelStyles.of(label, decided).name} again`, label, decided, action });
  }
}

export const review = new Review();
