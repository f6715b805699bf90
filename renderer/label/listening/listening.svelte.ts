// Listening tests: those of the corpus, the one under way, and what they came to.
import type {
  CreateListeningTest,
  HumanRecall,
  ListeningResult,
  ListeningSession,
  ListeningTest,
} from '../../../shared/contract/schemas.ts';
import { app } from '../../state/app.svelte.ts';
import { engine } from '../../state/engine.svelte.ts';
import { player } from '../../state/player.svelte.ts';
import { raters } from '../../state/raters.svelte.ts';
import { nextPlace } from './place.ts';

class Listening {
  tests = $state.raw<readonly ListeningTest[] | null>(null);
  recalls = $state.raw<readonly HumanRecall[]>([]);
  /** The test that is looked at. */
  testId = $state<number | null>(null);
  /** The test under way; null while none is. */
  session = $state.raw<ListeningSession | null>(null);
  /** Place of the clip on screen in the session. */
  at = $state(0);
  /** Whether the last clip has been answered: until one is gone back to, there is none on screen. */
  ended = $state(false);
  result = $state.raw<ListeningResult | null>(null);
  /** Run whose model stands beside the listeners. */
  runId = $state<number | null>(null);
  error = $state.raw<unknown>(null);
  /** An answer on its way to the disk: the next one waits. */
  saving = $state(false);
  #plays = 0;
  #firstPlayMs: number | null = null;
  #asked = 0;

  readonly test = $derived(this.tests?.find(({ testId }) => testId === this.testId) ?? null);
  readonly canGoBack = $derived(this.ended || this.at > 0);
  readonly item = $derived(this.session?.items[this.at] ?? null);

  /** Keeps the lists current; call from a component's effect. */
  follow(): void {
    void engine.generation;
    void app.revision;
    const { corpusId } = app;
    if (corpusId !== null) void this.load(corpusId);
  }

  async load(corpusId: number): Promise<void> {
    try {
      const [tests, recalls] = await Promise.all([
        engine.client.listening.list({ corpusId }),
        engine.client.humanRecall.list({ corpusId }),
      ]);
      if (corpusId !== app.corpusId) return;
      this.tests = tests;
      this.recalls = recalls;
      this.testId = tests.some(({ testId }) => testId === this.testId)
        ? this.testId
        : (tests[0]?.testId ?? null);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  /** Draws a sample for a new test and looks at it. */
  async create(input: CreateListeningTest): Promise<void> {
    const test = await engine.client.listening.create(input);
    await this.load(input.corpusId);
    this.testId = test.testId;
  }

  /** Begins a test, or goes on where this rater left it. */
  async start(testId: number): Promise<void> {
    const rater = raters.current;
    if (rater === null) return;
    try {
      const session = await engine.client.listening.session({ testId, rater });
      this.session = session;
      this.error = null;
      this.#show(session.next ?? 0);
    } catch (error) {
      this.error = error;
    }
  }

  /** Leaves the test; every answer so far is kept. */
  async leave(): Promise<void> {
    player.pause();
    this.session = null;
    if (app.corpusId !== null) await this.load(app.corpusId);
    await this.loadResult();
  }

  /** Plays the clip on screen from its start. */
  play(): void {
    const { item } = this;
    if (!item) return;
    this.#plays += 1;
    this.#firstPlayMs ??= performance.now();
    void player.playClip(item.clipId);
  }

  /** The answer to the clip on screen, null for "unsure"; the next clip once it is on disk. */
  async answer(label: string | null): Promise<void> {
    const { session, item } = this;
    const rater = raters.current;
    if (!session || !item || rater === null || this.saving) return;
    this.saving = true;
    try {
      const seconds = this.#firstPlayMs === null ? null : (performance.now() - this.#firstPlayMs) / 1000;
      const { testId } = session.test;
      const answer = { testId, rater, clipId: item.clipId, label, plays: this.#plays, seconds };
      const { answered } = await engine.client.listening.answer(answer);
      const items = session.items.map((other) =>
        other.clipId === item.clipId ? { ...other, answered: true, label } : other,
      );
      const open = items.findIndex(({ answered: done }) => !done);
      this.session = { ...session, items, answered, next: open >= 0 ? open : null };
      this.error = null;
      const place = nextPlace(items, this.at);
      if (place !== null) return this.#show(place);
      this.ended = true;
      player.pause();
    } catch (error) {
      this.error = error;
    } finally {
      this.saving = false;
    }
  }

  /** Back to the answer before, at the end to the last one, to hear the clip again and answer anew. */
  back(): void {
    if (this.session && this.canGoBack) this.#show(this.ended ? this.at : this.at - 1);
  }

  #show(index: number): void {
    this.at = index;
    this.ended = false;
    this.#plays = 0;
    this.#firstPlayMs = null;
    const next = this.session?.items[index + 1];
    if (next) player.prefetch(next.clipId);
    this.play();
  }

  /** What the test that is looked at has come to. */
  async loadResult(): Promise<void> {
    const asked = ++this.#asked;
    const { test, runId } = this;
    if (!test || test.raters.every(({ answered }) => answered === 0)) {
      this.result = null;
      return;
    }
    try {
      const result = await engine.client.listening.result({
        testId: test.testId,
        ...(runId !== null && { runId }),
      });
      if (asked === this.#asked) this.result = result;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
  }

  /** Takes over a table of listeners' hit rates. */
  async importRecall(table: File): Promise<void> {
    const { corpusId } = app;
    if (corpusId === null) return;
    try {
      await engine.client.humanRecall.import({ corpusId, table });
      await this.load(corpusId);
    } catch (error) {
      this.error = error;
    }
  }

  async removeRecall(humanRecallId: number): Promise<void> {
    try {
      await engine.client.humanRecall.remove({ humanRecallId });
      if (app.corpusId !== null) await this.load(app.corpusId);
    } catch (error) {
      this.error = error;
    }
  }
}

export const listening = new Listening();
