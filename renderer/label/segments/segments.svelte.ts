// The segments of the clip on screen: which is selected, what is being dragged, and every edit as a decision of the ledger.
import type { LabelResult, Segment } from '../../../shared/contract/schemas.ts';
import { DEFAULT_TIER } from '../../../shared/contract/schemas.ts';
import { REACH_SECONDS, SNAP_MODES, snapped, type SnapMode } from '../../../shared/labels/snapping.ts';
import { canSplit, drawn, moved, resized, type Edge, type Span } from '../../../shared/labels/segments.ts';
import { engine } from '../../state/engine.svelte.ts';
import { labelling, type NewEdit } from '../../state/labelling.svelte.ts';
import { player } from '../../state/player.svelte.ts';
import { raters } from '../../state/raters.svelte.ts';
import { blind } from '../../state/blind.svelte.ts';
import { toasts } from '../../ui/toasts.svelte.ts';
import { timeline } from '../viewer/timeline.svelte.ts';
import { layoutOf, tierAfter } from './layout.ts';
import { readStretch } from './stretch.ts';

/** One press of a nudge key. */
export const NUDGE_SECONDS = 0.01;
/** Nudges within this time of each other are one decision. */
const NUDGE_PAUSE_MS = 400;
/** Seconds of sound that are looked at on either side of an edge for silence. */
const AROUND_SECONDS = 0.6;

class Segments {
  list = $state.raw<readonly Segment[]>([]);
  clipId = $state<number | null>(null);
  selectedId = $state<number | null>(null);
  error = $state.raw<unknown>(null);
  snapMode = $state<SnapMode>('zero');
  /** Where a segment drawn from the keyboard starts. */
  markedSeconds = $state<number | null>(null);
  /** The span of a segment while it is dragged or nudged; `segmentId` null: one that is being drawn. */
  preview = $state.raw<({ segmentId: number | null } & Span) | null>(null);
  looping = $state(false);
  /** Segments that are being drawn: a label key is about them, and waits. */
  drawing = $state(0);
  /** Tier that new segments go to. */
  tier = $state(DEFAULT_TIER);
  #nudge: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** The event that what is being nudged was seen at. */
  #seen = 0;
  /** One edit after the other, in the order of the keys. */
  #last: Promise<void> = Promise.resolve();

  /** As on screen: what is dragged lies where it is dragged to. */
  readonly shown = $derived.by(() => {
    const { preview } = this;
    if (preview === null || preview.segmentId === null) return this.list;
    return this.list.map((segment) =>
      segment.segmentId === preview.segmentId ? { ...segment, ...spanOf(preview) } : segment,
    );
  });
  readonly tiers = $derived([...new Set([DEFAULT_TIER, ...this.list.map(({ tier }) => tier).sort()])]);
  readonly layout = $derived(layoutOf(this.shown, this.tiers));
  readonly selected = $derived(this.shown.find(({ segmentId }) => segmentId === this.selectedId) ?? null);

  /** While blind, others' labels on segments are hidden too. */
  labelOf(segment: Segment): string | null {
    return blind.on && segment.rater !== raters.current ? null : segment.label;
  }

  /** Shows a clip's segments. */
  async load(clipId: number): Promise<void> {
    const asked = ++this.#asked;
    if (clipId !== this.clipId) {
      void this.flush();
      this.clipId = clipId;
      this.list = [];
      this.select(null);
      this.markedSeconds = null;
      this.preview = null;
    }
    try {
      const list = await engine.client.segments.list({ clipId });
      if (asked !== this.#asked) return;
      this.list = list;
      this.error = null;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
  }

  /** Takes over what a decision of this window has changed. */
  take({ segments, goneSegmentIds }: LabelResult): void {
    const gone = new Set([...goneSegmentIds, ...segments.map(({ segmentId }) => segmentId)]);
    const mine = segments.filter(({ clipId }) => clipId === this.clipId);
    const kept = this.list.filter(({ segmentId }) => !gone.has(segmentId));
    if (mine.length === 0 && kept.length === this.list.length) return;
    this.list = [...kept, ...mine].sort((a, b) => a.startSeconds - b.startSeconds);
  }

  select(segmentId: number | null): void {
    if (segmentId !== this.selectedId) void this.flush();
    this.selectedId = segmentId;
    if (segmentId === null) this.looping = false;
    else if (this.selected) timeline.reveal(this.selected.startSeconds, this.selected.endSeconds);
  }

  /** Selects the next (1) or previous (-1) segment by start; from none, the nearest to the playhead. */
  step(by: 1 | -1): void {
    const { items } = this.layout.index;
    if (items.length === 0) return;
    const at = items.findIndex(({ segmentId }) => segmentId === this.selectedId);
    const start = items.findIndex(({ endSeconds }) => endSeconds > player.timeSeconds);
    const to = at >= 0 ? at + by : start >= 0 ? start : items.length - 1;
    const item = items[Math.max(0, Math.min(items.length - 1, to))]!;
    this.select(item.segmentId);
    player.pause();
    player.seek(item.startSeconds);
  }

  /** Draws a segment between two times and selects it. */
  async draw(fromSeconds: number, toSeconds: number): Promise<void> {
    this.drawing += 1;
    await this.#inTurn(() => this.#draw(fromSeconds, toSeconds));
    this.drawing -= 1;
  }

  async #draw(fromSeconds: number, toSeconds: number): Promise<void> {
    const { clipId } = this;
    const span = drawn(await this.snap(fromSeconds), await this.snap(toSeconds), timeline.soundSeconds);
    this.preview = null;
    if (clipId === null || span === null) return;
    const result = await this.#edit([{ op: 'create', clipId, ...span, tier: this.tier, label: null }]);
    const created = result?.createdSegmentIds[0];
    if (created !== undefined && this.clipId === clipId) this.select(created);
  }

  /** Starts a segment at the playhead. */
  markIn(): void {
    this.markedSeconds = player.timeSeconds;
  }

  /** Ends it there. */
  async markOut(): Promise<void> {
    const from = this.markedSeconds;
    if (from === null) return;
    this.markedSeconds = null;
    await this.draw(from, player.timeSeconds);
  }

  /** The label of the selected segment. */
  relabel(label: string | null): Promise<void> {
    return this.#inTurn(() => this.#change({ label }));
  }

  toggleLock(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.selected) await this.#change({ locked: !this.selected.locked });
    });
  }

  /** To the next tier; past the last one, to a new one. Says so where there is none. */
  nextTier(): Promise<void> {
    return this.#inTurn(() => this.#nextTier());
  }

  async #nextTier(): Promise<void> {
    const { selected } = this;
    if (!selected) return;
    const tier = tierAfter(selected, this.list, this.tiers);
    if (tier !== null) await this.#change({ tier });
    else toasts.show({ text: 'There is no other tier: the segment is alone on the only one' });
  }

  /** Puts the selected segment where it was dragged to. */
  put(span: Span): Promise<void> {
    return this.#inTurn(async () => {
      await this.#change(span);
      this.preview = null;
    });
  }

  /** Nudges the selected segment, or one of its edges; presses in a row are one decision. */
  nudge(what: Edge | 'body', bySeconds: number): void {
    void this.#queue(() => {
      const { selected } = this;
      if (!selected || selected.locked) return;
      this.#seen = selected.eventId;
      this.preview = { segmentId: selected.segmentId, ...nudged(selected, what, bySeconds) };
      clearTimeout(this.#nudge);
      labelling.held = true;
      this.#nudge = setTimeout(() => void this.flush(), NUDGE_PAUSE_MS);
    });
  }

  /** Saves what was nudged and not yet saved. */
  flush(): Promise<void> {
    return this.#inTurn(() => undefined);
  }

  split(atSeconds: number): Promise<void> {
    return this.#inTurn(() => this.#split(atSeconds));
  }

  async #split(atSeconds: number): Promise<void> {
    const { selected } = this;
    const at = await this.snap(atSeconds);
    if (!selected || selected.locked || !canSplit(selected, at)) return;
    await this.#edit([{ op: 'split', segmentId: selected.segmentId, saw: selected.eventId, atSeconds: at }]);
  }

  /** Merges the selected segment with the next one of its tier. */
  mergeNext(): Promise<void> {
    return this.#inTurn(() => this.#mergeNext());
  }

  async #mergeNext(): Promise<void> {
    const { selected } = this;
    if (!selected) return;
    const { items } = this.layout.index;
    const at = items.findIndex(({ segmentId }) => segmentId === selected.segmentId);
    const next = items.slice(at + 1).find(({ tier }) => tier === selected.tier);
    if (!next) return;
    await this.#edit([
      {
        op: 'merge',
        segmentIds: [selected.segmentId, next.segmentId],
        saw: [selected.eventId, next.eventId],
      },
    ]);
  }

  /** Removes the selected segment; the one that takes its place is selected. */
  remove(): Promise<void> {
    return this.#inTurn(() => this.#remove());
  }

  async #remove(): Promise<void> {
    const { selected } = this;
    if (!selected || selected.locked) return;
    const { items } = this.layout.index;
    const at = items.findIndex(({ segmentId }) => segmentId === selected.segmentId);
    const heir = items[at + 1] ?? items[at - 1] ?? null;
    const result = await this.#edit([{ op: 'delete', segmentId: selected.segmentId, saw: selected.eventId }]);
    if (result) this.select(heir?.segmentId ?? null);
  }

  cycleSnap(): void {
    this.snapMode = SNAP_MODES[(SNAP_MODES.indexOf(this.snapMode) + 1) % SNAP_MODES.length]!;
  }

  /** The time that an edge goes to under the snapping that is on. */
  async snap(seconds: number): Promise<number> {
    const { sound } = player;
    if (this.snapMode === 'off' || sound === null || sound.clipId !== this.clipId) return seconds;
    const reach = REACH_SECONDS[this.snapMode] + AROUND_SECONDS;
    const stretch = await readStretch(sound, seconds - reach, seconds + reach);
    return timeline.inSound(snapped(stretch, seconds, this.snapMode));
  }

  /** Fits the selected segment to the width; all of the clip where it is, or none is selected. */
  fit(): void {
    const { selected } = this;
    if (!selected || !timeline.isFitted) return timeline.fit();
    const margin = (selected.endSeconds - selected.startSeconds) / 8;
    timeline.zoomTo(selected.startSeconds - margin, selected.endSeconds + margin);
  }

  /** Does an edit after those before it, and after what was nudged by then is saved. */
  #inTurn(edit: () => Promise<void> | void): Promise<void> {
    return this.#queue(async () => {
      await this.#saveNudged();
      await edit();
    });
  }

  #queue(work: () => Promise<void> | void): Promise<void> {
    this.#last = this.#last.then(work).catch((error: unknown) => {
      this.error = error;
    });
    return this.#last;
  }

  async #saveNudged(): Promise<void> {
    clearTimeout(this.#nudge);
    const { preview } = this;
    if (!labelling.held || !preview || preview.segmentId === null) return;
    labelling.held = false;
    const { segmentId } = preview;
    await this.#edit([{ op: 'change', segmentId, saw: this.#seen, ...spanOf(preview) }]);
    if (this.preview === preview) this.preview = null;
  }

  async #change(fields: Partial<Pick<Segment, 'label' | 'locked' | 'tier'> & Span>): Promise<void> {
    const { selectedId } = this;
    // As saved, not as dragged: that is what was seen of the ledger.
    const segment = this.list.find(({ segmentId }) => segmentId === selectedId);
    if (!segment || (segment.locked && fields.locked === undefined)) return;
    await this.#edit([{ op: 'change', segmentId: segment.segmentId, saw: segment.eventId, ...fields }]);
  }

  async #edit(edits: readonly NewEdit[]) {
    return labelling.editSegments(edits, { blind: blind.on });
  }
}

function spanOf({ startSeconds, endSeconds }: Span): Span {
  return { startSeconds, endSeconds };
}

function nudged(span: Span, what: Edge | 'body', bySeconds: number): Span {
  const duration = timeline.soundSeconds;
  if (what === 'body') return spanOf(moved(span, bySeconds, duration));
  const at = what === 'start' ? span.startSeconds : span.endSeconds;
  return spanOf(resized(span, what, at + bySeconds, duration));
}

export const segments = new Segments();
