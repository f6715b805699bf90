// The clips to label: the Corpus room's filter and order as they were when the queue was made, so that a clip that
// gets another label keeps its place.
import type { Clip } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { browse } from '../state/browse.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';

/** Rows asked for with one page where they are still in their place. */
const PAGE = 200;

class Queue {
  ids = $state.raw<readonly number[]>([]);
  /** Place of the clip on screen. */
  at = $state(0);
  loading = $state(true);
  error = $state.raw<unknown>(null);
  /** Reason for the next label, kept while other rooms are on screen. */
  reason = $state('');
  readonly clips = new SvelteMap<number, Clip>();
  readonly reviewed = new SvelteSet<number>();
  #asked = new Set<number>();
  #made = 0;
  #corpusId: number | null = null;

  readonly currentId = $derived(this.ids[this.at] ?? null);
  readonly current = $derived(this.currentId === null ? undefined : this.clips.get(this.currentId));

  clipAt(index: number): Clip | undefined {
    const id = this.ids[index];
    return id === undefined ? undefined : this.clips.get(id);
  }

  /**
   * Makes the queue from the Corpus room's filter and order. `startAt` is asked once the queue is there, so that a
   * key pressed while it was on its way counts.
   */
  async make(startAt: () => number | null): Promise<void> {
    const corpusId = app.corpusId;
    if (corpusId === null) return;
    if (corpusId !== this.#corpusId) this.reason = '';
    this.#corpusId = corpusId;
    const made = ++this.#made;
    const sort = browse.sort;
    const filter = { ...browse.filter, defects: false };
    this.loading = true;
    try {
      const [ids, rated] = await Promise.all([
        engine.client.clips.ids({ corpusId, filter, sort }),
        engine.client.clips.ids({ corpusId, filter: { ...filter, rated: true }, sort }),
      ]);
      if (made !== this.#made) return;
      const start = startAt();
      this.clips.clear();
      this.reviewed.clear();
      this.#asked.clear();
      for (const id of filter.rated === false ? [] : rated) this.reviewed.add(id);
      this.ids = ids;
      this.at = Math.max(0, ids.indexOf(start ?? -1));
      this.error = null;
      await this.show(this.at, this.at);
    } catch (error) {
      if (made === this.#made) this.error = error;
    }
    if (made === this.#made) this.loading = false;
  }

  /** Says which rows are on screen; what is not known of them is fetched. */
  async show(start: number, end: number): Promise<void> {
    const missing = this.ids
      .slice(start, end + 1)
      .filter((id) => !this.clips.has(id) && !this.#asked.has(id));
    if (missing.length === 0) return;
    for (const id of missing) this.#asked.add(id);
    try {
      await this.#fetchPage(start);
      const left = missing.filter((id) => !this.clips.has(id));
      this.put(await Promise.all(left.map((clipId) => engine.client.clips.get({ clipId }))));
    } catch (error) {
      for (const id of missing) this.#asked.delete(id);
      this.error = error;
    }
  }

  /** Takes over clips as they are now. */
  put(clips: readonly Clip[]): void {
    for (const clip of clips) {
      this.clips.set(clip.clipId, clip);
      if (clip.rater === null) this.reviewed.delete(clip.clipId);
      else this.reviewed.add(clip.clipId);
    }
  }

  /** Moves by places; false at either end. */
  move(step: number): boolean {
    return this.goTo(this.at + step);
  }

  /** Moves to a place; false where there is none. */
  goTo(index: number): boolean {
    if (index < 0 || index >= this.ids.length || index === this.at) return false;
    this.at = index;
    void this.show(index, Math.min(index + 1, this.ids.length - 1));
    return true;
  }

  /** Moves to a clip; false where it is not in the queue. */
  goToClip(clipId: number): boolean {
    const index = this.ids.indexOf(clipId);
    if (index >= 0 && index !== this.at) this.goTo(index);
    return index >= 0;
  }

  /** One page is cheaper than many single clips; labels set since may have moved rows, so ids decide, not places. */
  async #fetchPage(start: number): Promise<void> {
    const corpusId = app.corpusId;
    if (corpusId === null) return;
    const filter = { ...browse.filter, defects: false };
    const offset = Math.floor(start / PAGE) * PAGE;
    const { clips } = await engine.client.clips.page({
      corpusId,
      filter,
      sort: browse.sort,
      offset,
      limit: PAGE,
    });
    const wanted = new Set(this.ids.slice(offset, offset + PAGE));
    this.put(clips.filter((clip) => wanted.has(clip.clipId)));
  }
}

export const queue = new Queue();
