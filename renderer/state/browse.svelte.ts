// The list of clips: filter, order, the pages that were looked at, and the selected clip. Shared by Corpus and Label.
import { untrack } from 'svelte';
import type { Clip } from '../../shared/contract/schemas.ts';
import { app } from './app.svelte.ts';
import { clipCounts } from './clipCounts.svelte.ts';
import { withEntry } from './counts.ts';
import { engine } from './engine.svelte.ts';
import { BY_NAME, isEmptyFilter, NO_FILTER, type Filter, type Sort } from './filter.ts';
import { commonFolder, withoutFolder } from './folder.ts';
import { scope } from './scope.svelte.ts';

const PAGE = 200;
/** Pages that are kept: a list scrolled from end to end never holds the whole table. */
const KEPT_PAGES = 30;
/** Most clips that one selection holds: what one decision takes. */
export const MOST_SELECTED = 100_000;

/** The list of one corpus, by its id, or that of all open ones. */
type ListKey = number | 'all';

/** What a list was like when another one was shown. */
interface Remembered {
  filter: Filter;
  sort: Sort;
  selectedId: number | null;
  chosen: boolean;
}

class Browse {
  filter = $state.raw<Filter>(NO_FILTER);
  sort = $state.raw<Sort>(BY_NAME);
  /** Clips under the filter; null before they were counted. */
  total = $state<number | null>(null);
  error = $state.raw<unknown>(null);
  /** Clips selected together; empty where it is the one at the cursor. */
  marked = $state.raw<ReadonlySet<number>>(new Set());
  selectedIndex = $state<number | null>(null);
  selectedId = $state<number | null>(null);
  /** Folders that every clip under the filter is in, one a corpus, with a slash. */
  #folders = $state.raw<readonly string[]>([]);
  #pages = $state.raw<ReadonlyMap<number, readonly Clip[]>>(new Map());
  #asked = new Set<number>();
  /** Rows that are wanted next, while a page is on its way. */
  #wanted: readonly [number, number] | null = null;
  #fetching = false;
  /** Where a range of rows started. */
  #anchor = 0;
  readonly #remembered = new Map<ListKey, Remembered>();
  /** Counts queries: answers to an older one are dropped. */
  #query = 0;
  #list: ListKey | null = null;
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
    const list = scope.everywhere ? 'all' : app.corpusId;
    untrack(() => {
      if (list !== this.#list) this.#restart(list);
      if (list !== null) void this.#reload();
    });
  }

  /** Shows a corpus in another room: the selected clip's, where several are listed. */
  open(): void {
    const { everywhere } = app;
    const corpusId = this.selected?.corpusId;
    if (corpusId !== undefined && corpusId !== app.corpusId) app.show(corpusId);
    // Coming back finds the list as it was.
    app.everywhere = everywhere;
    app.room = 'label';
  }

  #restart(list: ListKey | null): void {
    const { filter, sort, selectedId } = this;
    if (this.#list !== null) {
      this.#remembered.set(this.#list, { filter, sort, selectedId, chosen: this.#chosen });
    }
    const back = list === null ? undefined : this.#remembered.get(list);
    this.#list = list;
    this.filter = back?.filter ?? NO_FILTER;
    this.sort = back?.sort ?? BY_NAME;
    this.total = null;
    this.#folders = [];
    clipCounts.clear();
    this.marked = new Set();
    this.#pages = new Map();
    this.#shown = [0, 0];
    this.#chosen = back?.chosen ?? false;
    this.selectedIndex = null;
    this.selectedId = back?.selectedId ?? null;
  }

  /** A clip's path without what all clips on the list share. */
  nameOf(path: string): string {
    const folder = this.#folders.find((one) => path.startsWith(one));
    return withoutFolder(path, folder ?? '');
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

  /**
   * Fetches the pages of rows that are not there, one at a time: while a list is dragged past a thousand pages, those
   * that it stops at come next.
   */
  show(start: number, end: number): void {
    this.#wanted = [start, end];
    if (!this.#fetching) void this.#fetchWanted();
  }

  async #fetchWanted(): Promise<void> {
    this.#fetching = true;
    for (let page = this.#nextPage(); page !== undefined; page = this.#nextPage()) {
      await this.#fetchPage(page, this.#query);
    }
    this.#fetching = false;
  }

  #nextPage(): number | undefined {
    if (!this.#wanted) return undefined;
    const [start, end] = this.#wanted;
    const last = Math.min(end, (this.total ?? 0) - 1);
    for (let page = Math.floor(start / PAGE); page <= Math.floor(last / PAGE); page += 1) {
      if (!this.#asked.has(page)) return page;
    }
    return undefined;
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
    this.#anchor = index;
    this.unmark();
    this.select(index);
  }

  /** Moves the cursor and leaves what is selected. */
  moveTo(index: number): void {
    this.#chosen = true;
    if (this.marked.size === 0 && this.selectedId !== null) this.marked = new Set([this.selectedId]);
    this.select(index);
  }

  /** Takes a row into the selection, or out of it. */
  toggle(index: number): void {
    this.#chosen = true;
    this.#anchor = index;
    const clipId = this.clipAt(index)?.clipId;
    const marked = this.marked.size > 0 || this.selectedId === null ? [...this.marked] : [this.selectedId];
    const alone = this.marked.size === 0 && this.selectedId === clipId;
    this.select(index);
    if (clipId === undefined) return;
    const others = marked.filter((other) => other !== clipId);
    this.marked = new Set(marked.length > others.length && !alone ? others : [...others, clipId]);
  }

  /** Selects every row from where the last single choice was to this one. */
  async extend(index: number): Promise<void> {
    this.#chosen = true;
    const from = Math.min(this.#anchor, index);
    const rows = Math.min(MOST_SELECTED, Math.abs(this.#anchor - index) + 1);
    this.select(index);
    const here = Array.from({ length: rows }, (_, i) => this.clipAt(from + i)?.clipId);
    if (here.every((id) => id !== undefined)) this.marked = new Set(here);
    else await this.#mark(from, rows);
  }

  /** Selects every clip under the filter, the first hundred thousand where there are more. */
  async selectAll(): Promise<void> {
    await this.#mark(0, MOST_SELECTED);
  }

  /** Leaves the clip at the cursor selected alone. */
  unmark(): void {
    if (this.marked.size > 0) this.marked = new Set();
  }

  async #mark(offset: number, limit: number): Promise<void> {
    const asked = scope.query(this.filter);
    if (asked === null) return;
    const { filter, sort } = this;
    const list = this.#list;
    // A label that comes meanwhile reloads the list, and selects nothing else.
    const isSame = (): boolean => filter === this.filter && sort === this.sort && list === this.#list;
    try {
      const ids = await engine.client.clips.ids({ ...asked, sort, offset, limit });
      if (isSame()) this.marked = new Set(ids);
    } catch (error) {
      if (isSame()) this.error = error;
    }
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
    this.unmark();
    this.filter = { ...this.filter, ...change };
  }

  clear(): void {
    this.unmark();
    this.filter = NO_FILTER;
  }

  async #fetchPage(page: number, query: number): Promise<void> {
    const asked = scope.query(this.filter);
    if (asked === null) return;
    this.#asked.add(page);
    const { sort } = this;
    try {
      const answer = await engine.client.clips.page({ ...asked, sort, offset: page * PAGE, limit: PAGE });
      if (query !== this.#query) return;
      this.#pages = this.#kept(withEntry(this.#pages, page, answer.clips), page);
      if (this.selectedIndex !== null) this.selectedId ??= this.clipAt(this.selectedIndex)?.clipId ?? null;
      this.total = answer.total;
      this.error = null;
    } catch (error) {
      if (query !== this.#query) return;
      this.#asked.delete(page);
      // Asked for again when its rows are next shown, not at once.
      this.#wanted = null;
      this.error = error;
    }
  }

  /** The pages without the one farthest from `page`, where there are too many. */
  #kept(pages: Map<number, readonly Clip[]>, page: number): ReadonlyMap<number, readonly Clip[]> {
    if (pages.size <= KEPT_PAGES) return pages;
    const far = [...pages.keys()].reduce((a, b) => (Math.abs(a - page) > Math.abs(b - page) ? a : b));
    pages.delete(far);
    this.#asked.delete(far);
    return pages;
  }

  /** Counts and the rows on screen anew; the old ones stay until the new ones are there. */
  async #reload(): Promise<void> {
    const query = ++this.#query;
    this.#asked = new Set();
    const { filter, sort } = this;
    const asked = scope.query(filter);
    if (asked === null) return;
    const first = Math.floor(this.#shown[0] / PAGE);
    const ask = (page: number) =>
      engine.client.clips.page({ ...asked, sort, offset: page * PAGE, limit: PAGE });
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
    await this.#count(filter, query);
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
    const asked = scope.query(this.filter);
    if (id !== null && asked !== null && total > PAGE) {
      const found = await engine.client.clips.place({ ...asked, sort: this.sort, clipId: id });
      if (query !== this.#query) return;
      index = found ?? index;
    }
    const page = Math.floor(index / PAGE);
    if (!this.#pages.has(page)) await this.#fetchPage(page, query);
    if (query === this.#query) this.select(index);
  }

  async #count(filter: Filter, query: number): Promise<void> {
    try {
      await clipCounts.load(filter, () => query === this.#query);
      const folders = await foldersUnder(filter);
      if (query === this.#query) this.#folders = folders;
    } catch (error) {
      if (query === this.#query) this.error = error;
    }
  }
}

/** What the first and the last path of a corpus have in common, all of them have; the longest first. */
async function foldersUnder(filter: Filter): Promise<string[]> {
  const folders = scope.corporaUnder(filter).map(async ({ corpusId }) => {
    const asked = { corpusId, filter: scope.written(filter), offset: 0, limit: 1 };
    const atEnd = (descending: boolean) =>
      engine.client.clips.page({ ...asked, sort: { key: 'path', descending } });
    const [first, last] = await Promise.all([atEnd(false), atEnd(true)]);
    return commonFolder(first.clips[0]?.path ?? '', last.clips[0]?.path ?? '');
  });
  return (await Promise.all(folders)).sort((a, b) => b.length - a.length);
}

export const browse = new Browse();
