// The list of clips: filter, order, the pages that were looked at, and the selected clip. Shared by Corpus and Label.
import { untrack } from 'svelte';
import type { Clip, Crosstab } from '../../shared/contract/schemas.ts';
import { app } from './app.svelte.ts';
import { engine } from './engine.svelte.ts';
import { sumByLabel, sumBySex, withEntry } from './counts.ts';
import { commonFolder, withoutFolder } from './folder.ts';
import { BY_NAME, isEmptyFilter, NO_FILTER, type Filter, type Sort } from './filter.ts';

const PAGE = 200;

/** Counts beside the facets, each under every part of the filter but its own. */
export interface FacetCounts {
  labels: ReadonlyMap<string, number>;
  sexes: ReadonlyMap<string, number>;
  rated: { yes: number; no: number };
}

class Browse {
  filter = $state.raw<Filter>(NO_FILTER);
  sort = $state.raw<Sort>(BY_NAME);
  /** Clips under the filter; null before they were counted. */
  total = $state<number | null>(null);
  error = $state.raw<unknown>(null);
  crosstab = $state.raw<Crosstab | null>(null);
  facets = $state.raw<FacetCounts | null>(null);
  selectedIndex = $state<number | null>(null);
  selectedId = $state<number | null>(null);
  /** Folder that every clip under the filter is in, with its slash; '' for none. */
  folder = $state('');
  #pages = $state.raw<ReadonlyMap<number, readonly Clip[]>>(new Map());
  #asked = new Set<number>();
  /** Counts queries: answers to an older one are dropped. */
  #query = 0;
  #corpusId: number | null = null;
  /** Whether the selection was made by hand; the first row is selected where it was not. */
  #chosen = false;
  #shown: readonly [number, number] = [0, 0];

  readonly filtered = $derived(!isEmptyFilter(this.filter));
  readonly selected = $derived.by(() => {
    const clip = this.selectedIndex === null ? undefined : this.clipAt(this.selectedIndex);
    return clip?.clipId === this.selectedId ? clip : undefined;
  });

  /** Keeps the list current while a view shows it; call from a component's effect. */
  follow(): void {
    void app.revision;
    void engine.generation;
    void this.filter;
    void this.sort;
    const corpusId = app.corpusId;
    untrack(() => {
      if (corpusId !== this.#corpusId) this.#restart(corpusId);
      if (corpusId !== null) void this.#reload(corpusId);
    });
  }

  #restart(corpusId: number | null): void {
    this.#corpusId = corpusId;
    this.filter = NO_FILTER;
    this.sort = BY_NAME;
    this.total = null;
    this.folder = '';
    this.crosstab = null;
    this.facets = null;
    this.#pages = new Map();
    this.#chosen = false;
    this.select(null);
  }

  /** A clip's path without what all clips on the list share. */
  nameOf(path: string): string {
    return withoutFolder(path, this.folder);
  }

  /** The clip at a place in the list, where its page is there. */
  clipAt(index: number): Clip | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Says which rows are on screen. */
  showRows(start: number, end: number): void {
    this.#shown = [start, end];
    this.show(start, end);
  }

  /** Fetches the pages of rows that are not there. */
  show(start: number, end: number): void {
    const last = Math.min(end, (this.total ?? 0) - 1);
    for (let page = Math.floor(start / PAGE); page <= Math.floor(last / PAGE); page += 1) {
      if (!this.#asked.has(page)) void this.#fetchPage(page, this.#query);
    }
  }

  /** Takes over the clip that another room stands on. */
  follows(clipId: number, index: number): void {
    this.#chosen = true;
    this.selectedId = clipId;
    this.selectedIndex = index;
  }

  /** Selects a row by hand: it stays selected wherever another order or filter puts it. */
  choose(index: number): void {
    this.#chosen = true;
    this.select(index);
  }

  /** Selects the first row, of the list as it is or as it is about to be. */
  selectFirst(): void {
    this.#chosen = false;
    this.select(this.total ? 0 : null);
  }

  /** Selects a row. Where its page is not there yet, the clip follows with the page. */
  select(index: number | null): void {
    this.selectedIndex = index;
    this.selectedId = index === null ? null : (this.clipAt(index)?.clipId ?? null);
    if (index !== null && this.selectedId === null) this.show(index, index);
  }

  setFilter(change: Partial<Filter>): void {
    this.filter = { ...this.filter, ...change };
  }

  clear(): void {
    this.filter = NO_FILTER;
  }

  async #fetchPage(page: number, query: number): Promise<void> {
    if (this.#corpusId === null) return;
    this.#asked.add(page);
    const { filter, sort } = this;
    try {
      const input = { corpusId: this.#corpusId, filter, sort, offset: page * PAGE, limit: PAGE };
      const answer = await engine.client.clips.page(input);
      if (query !== this.#query) return;
      this.#pages = withEntry(this.#pages, page, answer.clips);
      if (this.selectedIndex !== null) this.selectedId ??= this.clipAt(this.selectedIndex)?.clipId ?? null;
      this.total = answer.total;
      this.error = null;
    } catch (error) {
      if (query !== this.#query) return;
      this.#asked.delete(page);
      this.error = error;
    }
  }

  /** Counts and the rows on screen anew; the old ones stay until the new ones are there. */
  async #reload(corpusId: number): Promise<void> {
    const query = ++this.#query;
    this.#asked = new Set();
    const { filter, sort } = this;
    const first = Math.floor(this.#shown[0] / PAGE);
    const ask = (page: number) =>
      engine.client.clips.page({ corpusId, filter, sort, offset: page * PAGE, limit: PAGE });
    try {
      let page = first;
      let answer = await ask(page);
      if (answer.clips.length === 0 && page > 0) {
        page = 0;
        answer = await ask(page);
      }
      if (query !== this.#query) return;
      this.#asked.add(page);
      this.#pages = new Map([[page, answer.clips]]);
      this.total = answer.total;
      this.error = null;
      await this.#reselect(query);
      this.show(...this.#shown);
    } catch (error) {
      if (query === this.#query) this.error = error;
    }
    await this.#count(corpusId, filter, query);
  }

  /** Finds the selected clip in the new order, else selects the one that took its place. */
  async #reselect(query: number): Promise<void> {
    const id = this.selectedId;
    const place = this.selectedIndex ?? 0;
    const total = this.total ?? 0;
    if (total === 0) return this.select(null);
    if (!this.#chosen && this.#pages.has(0)) return this.select(0);
    for (const [page, clips] of this.#pages) {
      const at = clips.findIndex((clip) => clip.clipId === id);
      if (at >= 0) return this.select(page * PAGE + at);
    }
    let index = Math.min(place, total - 1);
    if (id !== null && this.#corpusId !== null && total > PAGE) {
      const { filter, sort } = this;
      const ids = await engine.client.clips.ids({ corpusId: this.#corpusId, filter, sort });
      if (query !== this.#query) return;
      const found = ids.indexOf(id);
      if (found >= 0) index = found;
    }
    const page = Math.floor(index / PAGE);
    if (!this.#pages.has(page)) await this.#fetchPage(page, query);
    if (query === this.#query) this.select(index);
  }

  async #count(corpusId: number, filter: Filter, query: number): Promise<void> {
    const good = { ...filter, defects: false };
    const tab = (change: Partial<Filter>) =>
      engine.client.corpora.crosstab({ corpusId, filter: { ...good, ...change } });
    const rated = (value: boolean) =>
      engine.client.clips.page({ corpusId, filter: { ...good, rated: value }, offset: 0, limit: 1 });
    const atEnd = (descending: boolean) =>
      engine.client.clips.page({ corpusId, filter, sort: { key: 'path', descending }, offset: 0, limit: 1 });
    try {
      const [crosstab, byLabel, bySex, yes, no, first, last] = await Promise.all([
        tab({ labels: [], speakers: [] }),
        tab({ labels: [] }),
        tab({ sexes: [] }),
        rated(true),
        rated(false),
        atEnd(false),
        atEnd(true),
      ]);
      if (query !== this.#query) return;
      this.folder = commonFolder(first.clips[0]?.path ?? '', last.clips[0]?.path ?? '');
      this.crosstab = crosstab;
      this.facets = {
        labels: sumByLabel(byLabel),
        sexes: sumBySex(bySex),
        rated: { yes: yes.total, no: no.total },
      };
    } catch (error) {
      if (query === this.#query) this.error = error;
    }
  }
}

export const browse = new Browse();
