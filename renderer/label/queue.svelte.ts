// The clips to label: the Corpus room's filter and order as they were when the queue was made, so that a clip that
// gets another label keeps its place; and which of them are selected.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Clip, LabelResult, OwnLabel } from '../../shared/contract/schemas.ts';
import { maskedName, shuffledIds } from '../../shared/labels/masking.ts';
import { app } from '../state/app.svelte.ts';
import { browse } from '../state/browse.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { scope } from '../state/scope.svelte.ts';
import { blindFilter, isEmptyFilter } from '../state/filter.ts';
import { raters } from '../state/raters.svelte.ts';
import { blind } from '../state/blind.svelte.ts';

/** Rows asked for with one page where they are still in their place. */
const PAGE = 200;

class Queue {
  ids = $state.raw<readonly number[]>([]);
  /** Place of the clip on screen. */
  at = $state(0);
  loading = $state(true);
  error = $state.raw<unknown>(null);
  /** Words that the clips of the queue are searched by. */
  search = $state('');
  readonly clips = new SvelteMap<number, Clip>();
  /** What the rater of this window says of clips, whatever others said later. */
  readonly own = new SvelteMap<number, OwnLabel>();
  readonly selected = new SvelteSet<number>();
  /** Place that a selection is stretched from. */
  #anchor: number | null = null;
  #asked = new Set<number>();
  /** Rows on screen, as the list last said: it says nothing where another queue puts other clips into them. */
  #onScreen: readonly [start: number, end: number] = [0, 0];
  #made = 0;
  #corpusId: number | null = null;
  /** Decisions taken over so far, and the last one about a clip: what was fetched before it may be older than it. */
  #decided = 0;
  readonly #decidedAt = new Map<number, number>();

  readonly currentId = $derived(this.ids[this.at] ?? null);
  readonly current = $derived(this.currentId === null ? undefined : this.clips.get(this.currentId));
  /** What the Corpus room's filter leaves for the queue. */
  readonly #left = $derived({ ...(blind.on ? blindFilter(browse.filter) : browse.filter), defects: false });
  readonly filtered = $derived(!isEmptyFilter(this.#left));
  /** Clips of the queue that the rater has decided. */
  readonly reviewed = $derived.by(() => this.ids.reduce((sum, id) => sum + Number(this.own.has(id)), 0));

  /** Whether a clip's label, and what tells it, is hidden: in blind mode, until the rater has set their own. */
  isHidden(clipId: number): boolean {
    return blind.on && !this.own.has(clipId);
  }

  /** What may be read of a clip's label: while blind, nobody's but the rater's own. `decided`: by a rater. */
  shownLabel(clip: Clip): { label: string | null; decided: boolean; hidden: boolean } {
    if (!blind.on) return { label: clip.label, decided: clip.rater !== null, hidden: false };
    const own = this.own.get(clip.clipId);
    return { label: own?.label ?? null, decided: own !== undefined, hidden: own === undefined };
  }

  /** What may be read of a clip's name: without folders and the part that tells the label while that is hidden. */
  shownName(clip: Clip): string {
    if (!this.isHidden(clip.clipId)) return browse.nameOf(clip.path);
    const { adapter, labels } = app.corpus ?? { adapter: 'folders', labels: [] };
    return maskedName(
      clip.path,
      adapter,
      labels.map(({ label }) => label),
    );
  }

  clipAt(index: number): Clip | undefined {
    const id = this.ids[index];
    return id === undefined ? undefined : this.clips.get(id);
  }

  /**
   * Makes the queue from the Corpus room's filter and order and its own search; while blind, without what would tell:
   * order, search, labels and marks. `startAt` is asked once the queue is there, so that a key pressed while it was on its way counts.
   */
  async make(startAt: () => number | null): Promise<void> {
    const { corpusId } = app;
    const rater = raters.current;
    if (corpusId === null || rater === null) return;
    const made = ++this.#made;
    const decided = this.#decided;
    this.loading = true;
    if (corpusId !== this.#corpusId) this.#empty();
    this.#corpusId = corpusId;
    try {
      const [ids, own] = await Promise.all([
        engine.client.clips.ids({ corpusId, filter: this.#filter(), sort: browse.sort }),
        engine.client.raters.labels({ corpusId, rater }),
      ]);
      if (made !== this.#made) return;
      const ordered = blind.on ? shuffledIds(ids) : ids;
      const placeOf = (clipId: number | null): number => Math.max(0, ordered.indexOf(clipId ?? -1));
      // The clip is known before its row is on screen: a key pressed at the sight of it finds it.
      const at = placeOf(startAt());
      const first = await this.#fetch(ordered, at, ordered.slice(at, at + 1));
      if (made !== this.#made) return;
      if (decided !== this.#decided) return await this.make(startAt);
      const start = startAt();
      this.#empty();
      for (const label of own) this.own.set(label.clipId, label);
      this.put(first);
      this.ids = ordered;
      this.at = placeOf(start);
      this.error = null;
      await this.show(this.at, this.at);
      void this.show(...this.#onScreen);
    } catch (error) {
      if (made === this.#made) this.error = error;
    }
    if (made === this.#made) this.loading = false;
  }

  /** Stands on a clip at once, ahead of the queue that is made around it; on none where this queue lacks it. */
  standOn(clipId: number | null): void {
    if (clipId !== null && !this.goToClip(clipId)) this.#empty();
  }

  /** Nothing of one corpus stays on screen, and under the keys, once another is open. */
  #empty(): void {
    this.ids = [];
    this.at = 0;
    this.clips.clear();
    this.own.clear();
    this.selected.clear();
    this.#anchor = null;
    this.#asked.clear();
  }

  /** Says which rows are on screen. */
  showRows(start: number, end: number): void {
    this.#onScreen = [start, end];
    void this.show(start, end);
  }

  /** Fetches what is not known of rows. */
  async show(start: number, end: number): Promise<void> {
    const missing = this.ids
      .slice(start, end + 1)
      .filter((id) => !this.clips.has(id) && !this.#asked.has(id));
    if (missing.length === 0) return;
    for (const id of missing) this.#asked.add(id);
    const decided = this.#decided;
    try {
      const clips = await this.#fetch(this.ids, start, missing);
      this.put(clips.filter(({ clipId }) => this.#isNew(clipId, decided)));
      const left = missing.filter((id) => !this.clips.has(id));
      for (const id of left) this.#asked.delete(id);
      if (left.length > 0 && decided !== this.#decided) await this.show(start, end);
    } catch (error) {
      for (const id of missing) this.#asked.delete(id);
      this.error = error;
    }
  }

  /** Takes over clips as they are now. */
  put(clips: readonly Clip[]): void {
    for (const clip of clips) this.clips.set(clip.clipId, clip);
  }

  /** Takes over what a decision of this window has changed. */
  async take({ clips }: LabelResult): Promise<void> {
    this.#note(clips.map(({ clipId }) => clipId));
    this.put(clips);
    const rater = raters.current;
    if (rater === null) return;
    // A clip that now stands as this rater decided needs no asking.
    const open = clips.filter((clip) => clip.rater !== rater);
    for (const clip of clips) {
      if (clip.rater === rater) this.own.set(clip.clipId, ownOf(clip, rater));
    }
    if (open.length > 0) (await this.#askOwn(open.map(({ clipId }) => clipId)))();
  }

  /** Clips that another window, or another rater, has decided about. */
  async refresh(clipIds: readonly number[]): Promise<void> {
    this.#note(clipIds);
    const decided = this.#decided;
    const known = clipIds.filter((clipId) => this.clips.has(clipId)).slice(0, PAGE);
    // Both at once: a clip is never shown as decided with the label it had before.
    const [clips, takeOwn] = await Promise.all([
      Promise.all(known.map((clipId) => engine.client.clips.get({ clipId }))),
      this.#askOwn(clipIds.slice(0, 10_000)),
    ]);
    this.put(clips.filter(({ clipId }) => this.#isNew(clipId, decided)));
    takeOwn();
  }

  #note(clipIds: readonly number[]): void {
    this.#decided += 1;
    for (const clipId of clipIds) this.#decidedAt.set(clipId, this.#decided);
  }

  /** Whether nothing was decided about a clip since `decided` decisions: what was asked then is still true. */
  #isNew(clipId: number, decided: number): boolean {
    return (this.#decidedAt.get(clipId) ?? 0) <= decided;
  }

  /** Asks for what the rater says of clips; returns what takes it over, as far as it is still true by then. */
  async #askOwn(clipIds: readonly number[]): Promise<() => void> {
    if (clipIds.length === 0) return () => undefined;
    const decided = this.#decided;
    const rater = raters.current;
    const labels = await engine.client.raters.ofClips({ clipIds: [...clipIds] });
    return () => {
      if (rater !== raters.current) return;
      const still = clipIds.filter((clipId) => this.#isNew(clipId, decided));
      for (const clipId of still) this.own.delete(clipId);
      for (const label of labels) {
        if (label.rater === rater && this.#isNew(label.clipId, decided)) this.own.set(label.clipId, label);
      }
    };
  }

  /** Moves by places; false at either end. */
  move(step: number): boolean {
    return this.goTo(this.at + step);
  }

  /** Moves to a place; false where there is none. */
  goTo(index: number): boolean {
    if (index < 0 || index >= this.ids.length || index === this.at) return false;
    this.at = index;
    this.#anchor = null;
    void this.show(index, Math.min(index + 1, this.ids.length - 1));
    return true;
  }

  /** Moves to a clip; false where it is not in the queue. */
  goToClip(clipId: number): boolean {
    const index = this.ids.indexOf(clipId);
    if (index >= 0 && index !== this.at) this.goTo(index);
    return index >= 0;
  }

  /** Selects the clip on screen, or takes it out. */
  toggleSelected(index = this.at): void {
    const id = this.ids[index];
    if (id === undefined) return;
    if (!this.selected.delete(id)) this.selected.add(id);
    this.#anchor = null;
  }

  /** Moves to a place and selects everything from where the selection began. */
  selectTo(index: number): void {
    if (index < 0 || index >= this.ids.length) return;
    const anchor = this.#anchor ?? this.at;
    if (this.#anchor !== null) {
      // The stretch may have become shorter.
      const [from, to] = [Math.min(anchor, this.at), Math.max(anchor, this.at)];
      for (let i = from; i <= to; i += 1) this.selected.delete(this.ids[i]!);
    }
    this.goTo(index);
    this.#anchor = anchor;
    for (let i = Math.min(anchor, index); i <= Math.max(anchor, index); i += 1)
      this.selected.add(this.ids[i]!);
  }

  selectAll(): void {
    for (const id of this.ids) this.selected.add(id);
  }

  unselect(): void {
    this.selected.clear();
    this.#anchor = null;
  }

  /** What a label key is about: the selected clips in the order of the queue, else the clip on screen. */
  targets(): number[] {
    if (this.selected.size > 0) return this.ids.filter((id) => this.selected.has(id));
    return this.currentId === null ? [] : [this.currentId];
  }

  #filter() {
    const words = blind.on ? '' : this.search.trim();
    return { ...scope.written(this.#left), ...(words !== '' && { search: words }) };
  }

  /**
   * Clips of `ids`, and what one page around place `at` holds of its neighbours. One page is cheaper than many single
   * clips; labels set since may have moved rows, so ids decide, not places.
   */
  async #fetch(ids: readonly number[], at: number, clipIds: readonly number[]): Promise<Clip[]> {
    if (clipIds.length === 0) return [];
    const clips = blind.on ? [] : await this.#fetchPage(ids, at);
    const found = new Set(clips.map(({ clipId }) => clipId));
    const left = clipIds.filter((clipId) => !found.has(clipId));
    return [...clips, ...(await Promise.all(left.map((clipId) => engine.client.clips.get({ clipId }))))];
  }

  async #fetchPage(ids: readonly number[], at: number): Promise<Clip[]> {
    const { corpusId } = app;
    if (corpusId === null) return [];
    const offset = Math.floor(at / PAGE) * PAGE;
    const { clips } = await engine.client.clips.page({
      corpusId,
      filter: this.#filter(),
      sort: browse.sort,
      offset,
      limit: PAGE,
    });
    const wanted = new Set(ids.slice(offset, offset + PAGE));
    return clips.filter((clip) => wanted.has(clip.clipId));
  }
}

function ownOf(clip: Clip, rater: string): OwnLabel {
  const { clipId, label, secondaryLabel, confidence, eventId } = clip;
  const at = new Date().toISOString();
  return { clipId, rater, eventId, label, secondaryLabel, confidence, blind: blind.on, at };
}

export const queue = new Queue();
