// What the whole window shares: the room, the open corpus, settings, and the jobs in the status bar.
import type {
  CorpusSummary,
  IndexEvent,
  LabelResult,
  Notice,
  OpenCorpusInput,
  RunSummary,
  Settings,
} from '../../shared/contract/schemas.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';
import { baseName, dotted, plural } from '../ui/format.ts';
import { theme } from '../ui/theme.svelte.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { engine } from './engine.svelte.ts';

export type RoomName = 'corpus' | 'label' | 'train' | 'evaluate' | 'live';

/** Indexing under way, or the reason it ended without a corpus. */
export interface IndexJob {
  name: string;
  done: number;
  total: number;
  ratePerSecond: number;
  etaSeconds: number | null;
  error: unknown;
  cancel: () => void;
}

const ACTIVE = new Set(['queued', 'running']);

class App {
  room = $state<RoomName>('corpus');
  corpora = $state.raw<readonly CorpusSummary[]>([]);
  corpusId = $state<number | null>(null);
  /** Whether the Corpus room lists every open corpus; `corpusId` is the one that other rooms are about. */
  everywhere = $state(false);
  settings = $state.raw<Settings | null>(null);
  indexing = $state.raw<IndexJob | null>(null);
  /** Runs that are queued or running, on any corpus, oldest first. */
  activeRuns = $state.raw<readonly RunSummary[]>([]);
  /** Listening to a corpus's clips under way. */
  checking = $state.raw<Extract<Notice, { type: 'checking' }> | null>(null);
  /** When the last decision on the open corpus was on disk; null before there is one in this session. */
  savedAt = $state<string | null>(null);
  /** True once the first corpus has been looked for: before that, neither a room nor the first run shows. */
  settled = $state(false);
  startError = $state.raw<unknown>(null);
  /** What went wrong outside any pane; shown above the room until it is closed. */
  error = $state.raw<unknown>(null);
  #opened = false;
  /** Changes to settings on their way to the disk. */
  #savingSettings = 0;
  #settingsAsked = 0;
  #openFolder: (folder: string) => Promise<void> = (folder) => this.open({ folder });
  #abort: AbortController | null = null;
  /** Lists of corpora asked for, and the newest of them that was taken. */
  #asked = 0;
  #answered = 0;

  readonly corpus = $derived(this.corpora.find((corpus) => corpus.corpusId === this.corpusId) ?? null);
  /** Corpora that are not put away, by name. */
  readonly openCorpora = $derived(
    this.corpora.filter(({ corpusId }) => !(this.settings?.closedCorpusIds ?? []).includes(corpusId)),
  );
  /** Counts changes to labels or files of the open corpus: views that show them read it. */
  revision = $state(0);

  /**
   * Follows the engine: loads on every connection, takes its notices.
   * @param openFolder opens the folder that the studio was started with
   */
  start(openFolder: (folder: string) => Promise<void>): void {
    this.#openFolder = openFolder;
    engine.onNotice((notice) => this.#take(notice));
    $effect.root(() => {
      $effect(() => {
        if (engine.generation > 0) void this.#load();
      });
      $effect(() => {
        if (this.settings) theme.choose(this.settings.theme);
      });
    });
  }

  /** Shows a corpus that is already indexed. */
  show(corpusId: number): void {
    if (corpusId !== this.corpusId) this.savedAt = null;
    this.everywhere = false;
    this.corpusId = corpusId;
    const closed = this.settings?.closedCorpusIds ?? [];
    if (this.settings?.lastCorpusId !== corpusId || closed.includes(corpusId)) {
      const closedCorpusIds = closed.filter((other) => other !== corpusId);
      this.changeSettings({ lastCorpusId: corpusId, closedCorpusIds });
    }
  }

  /** Puts a corpus away: it stays indexed, and another open one is shown in its place. */
  close(corpusId: number): void {
    const closedCorpusIds = [...new Set([...(this.settings?.closedCorpusIds ?? []), corpusId])];
    const next = this.openCorpora.find((corpus) => corpus.corpusId !== corpusId)?.corpusId ?? null;
    if (this.corpusId === corpusId) {
      this.corpusId = next;
      this.savedAt = null;
      this.room = 'corpus';
    }
    this.changeSettings({ closedCorpusIds, lastCorpusId: this.corpusId });
  }

  /** Indexes a folder and shows it. Errors stay in `indexing.error`. */
  async open(input: OpenCorpusInput): Promise<void> {
    await this.#index(baseName(input.folder), (signal) => engine.client.corpora.open(input, { signal }));
  }

  /** Unpacks and shows the synthetic demo corpus. */
  async openDemo(): Promise<void> {
    await this.#index('the demo corpus', (signal) => engine.client.corpora.openDemo(undefined, { signal }));
  }

  /** Forgets a corpus's index; its ledger and files stay. */
  async forget(corpusId: number): Promise<void> {
    await engine.client.corpora.forget({ corpusId });
    this.corpora = this.corpora.filter((corpus) => corpus.corpusId !== corpusId);
    if (this.corpusId === corpusId) {
      this.corpusId = null;
      this.savedAt = null;
      this.room = 'corpus';
      await this.saveSettings({ lastCorpusId: null });
    }
  }

  /** Saves settings; rejects where the engine does. */
  async saveSettings(change: Partial<Settings>): Promise<void> {
    // At once: a change that follows before this one is on disk builds on it.
    if (this.settings) this.settings = { ...this.settings, ...change };
    this.#savingSettings += 1;
    this.#settingsAsked += 1;
    const asked = this.#settingsAsked;
    try {
      const settings = await engine.client.engine.saveSettings(change);
      if (asked === this.#settingsAsked) this.settings = settings;
    } finally {
      this.#savingSettings -= 1;
    }
  }

  /** Saves settings from where no error can be shown: it shows above the room. */
  changeSettings(change: Partial<Settings>): void {
    this.saveSettings(change).catch((error: unknown) => (this.error = error));
  }

  /** Takes over what a decision on a corpus changed, once the engine has it on disk. */
  saved(corpusId: number, { savedAt, labelVersion }: LabelResult): void {
    if (corpusId === this.corpusId) this.savedAt = savedAt;
    this.corpora = this.corpora.map((corpus) =>
      corpus.corpusId === corpusId ? { ...corpus, labelVersion } : corpus,
    );
  }

  async #load(): Promise<void> {
    try {
      // Each is taken as it comes: notices that follow it are newer.
      const [settings] = await Promise.all([
        engine.client.engine.settings().then((loaded) => (this.settings = loaded)),
        this.#list(),
        engine.client.runs.list({}).then((runs) => {
          this.activeRuns = runs.filter((run) => ACTIVE.has(run.state)).sort((a, b) => a.runId - b.runId);
        }),
      ]);
      this.startError = null;
      if (!this.#opened) await this.#openFirst(settings);
      this.#opened = true;
      this.revision += 1;
    } catch (error) {
      // The next connection loads all of it.
      if (error instanceof EngineLostError) return;
      this.startError = error;
    }
    this.settled = true;
  }

  async #openFirst(settings: Settings): Promise<void> {
    const folder = engine.info?.openFolder ?? null;
    if (folder !== null) {
      this.settled = true;
      await this.#openFolder(folder);
    } else if (this.corpora.some((corpus) => corpus.corpusId === settings.lastCorpusId)) {
      this.corpusId = settings.lastCorpusId;
    }
  }

  #take(notice: Notice): void {
    if (notice.type === 'settings') this.#settingsChanged(notice.settings);
    else if (notice.type === 'corpora') void this.refresh();
    else if (notice.type === 'files') this.#filesChanged(notice);
    else if (notice.type === 'checking') this.#checked(notice);
    else if (notice.type === 'labels') void this.#labelsChanged(notice.corpusId);
    else if (notice.type === 'run') this.#runChanged(notice.run);
  }

  /** Says quietly what was seen to happen to the files of a corpus. */
  #filesChanged({
    corpusId,
    added,
    changed,
    moved,
    gone,
    missing,
  }: Extract<Notice, { type: 'files' }>): void {
    const name = this.corpora.find((corpus) => corpus.corpusId === corpusId)?.name;
    if (name === undefined) return;
    const facts = dotted(
      added > 0 && `${plural(added, 'file')} came`,
      moved > 0 && `${plural(moved, 'file')} moved, labels kept`,
      changed > 0 && `${plural(changed, 'file')} changed`,
      gone > 0 && `${plural(gone, 'file')} went, ledger kept`,
    );
    toasts.show({
      text: missing ? `${name}: its folder is not there; the index is kept` : `${name}: ${facts}`,
    });
  }

  #checked(notice: Extract<Notice, { type: 'checking' }>): void {
    const ended = notice.done >= notice.total;
    this.checking = ended ? null : notice;
    if (ended) this.#changed(notice.corpusId);
  }

  /** What is on its way from here says it again. */
  #settingsChanged(settings: Settings): void {
    if (this.#savingSettings === 0) this.settings = settings;
  }

  async #labelsChanged(corpusId: number): Promise<void> {
    try {
      const summary = await engine.client.corpora.summary({ corpusId });
      this.#put(summary);
    } catch {
      // Forgotten meanwhile, or the engine is restarting: both load the list again.
    }
    this.#changed(corpusId);
  }

  /** Labels or files of a corpus have changed. */
  #changed(corpusId: number): void {
    if (corpusId === this.corpusId || this.everywhere) this.revision += 1;
  }

  #runChanged(run: RunSummary): void {
    const others = this.activeRuns.filter((other) => other.runId !== run.runId);
    this.activeRuns = ACTIVE.has(run.state) ? [...others, run].sort((a, b) => a.runId - b.runId) : others;
  }

  /** Reads the list of corpora again. */
  async refresh(): Promise<void> {
    try {
      await this.#list();
      this.revision += 1;
    } catch {
      // The engine is restarting: its next connection loads the list.
    }
  }

  /** Reads the list of corpora; an answer that a newer one has overtaken is not taken. */
  async #list(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const corpora = await engine.client.corpora.list();
    if (asked < this.#answered) return;
    this.#answered = asked;
    this.corpora = corpora;
  }

  #put(summary: CorpusSummary): void {
    const others = this.corpora.filter((corpus) => corpus.corpusId !== summary.corpusId);
    this.corpora = [...others, summary].sort((a, b) => a.corpusId - b.corpusId);
  }

  async #index(
    name: string,
    begin: (signal: AbortSignal) => Promise<AsyncIterable<IndexEvent>>,
  ): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const empty = { name, done: 0, total: 0, ratePerSecond: 0, etaSeconds: null, error: null };
    const cancel = () => {
      abort.abort();
      this.indexing = null;
    };
    this.indexing = { ...empty, cancel };
    try {
      for await (const event of await begin(abort.signal)) {
        if (abort.signal.aborted) return;
        if (event.type === 'progress') {
          this.indexing = { ...event, name, error: null, cancel };
        } else {
          this.#put(event.summary);
          this.indexing = null;
          this.show(event.summary.corpusId);
          this.revision += 1;
        }
      }
    } catch (error) {
      if (abort.signal.aborted || isAbort(error)) return;
      this.indexing = { ...empty, ...this.indexing, error: await engine.reasonOf(error), cancel };
    }
  }
}

export const app = new App();
