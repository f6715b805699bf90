// What people hear in the corpus: listening tests and human recall taken over from tables, beside a run.
import type { HumanRecall, ListeningResult, ListeningTest } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';

export type HumanSource = { kind: 'test'; test: ListeningTest } | { kind: 'recall'; recall: HumanRecall };

const keyOf = (source: HumanSource): string =>
  source.kind === 'test' ? `test ${source.test.testId}` : `recall ${source.recall.humanRecallId}`;

class Human {
  #tests = $state.raw<readonly ListeningTest[]>([]);
  #recalls = $state.raw<readonly HumanRecall[]>([]);
  #chosen = $state<string | null>(null);
  /** Of the chosen listening test, with the run's model on the same clips. */
  result = $state.raw<ListeningResult | null>(null);
  error = $state.raw<unknown>(null);
  /** Counts changes told by the engine. */
  #changes = $state(0);

  /** Listening tests that somebody has answered first, then tables; the newest of each first. */
  readonly sources = $derived<readonly { key: string; name: string; source: HumanSource }[]>(
    [
      ...this.#tests
        .filter(({ raters }) => raters.some(({ answered }) => answered > 0))
        .map((test) => ({ kind: 'test', test }) as const),
      ...this.#recalls.map((recall) => ({ kind: 'recall', recall }) as const),
    ].map((source) => ({
      key: keyOf(source),
      name: source.kind === 'test' ? source.test.name : source.recall.name,
      source,
    })),
  );
  readonly chosen = $derived(this.sources.find(({ key }) => key === this.#chosen) ?? this.sources[0] ?? null);
  /** UAR of people, for a line beside a model's; null where it is not known. */
  readonly ceiling = $derived.by((): { value: number; label: string } | null => {
    const source = this.chosen?.source;
    if (source === undefined) return null;
    const value = source.kind === 'recall' ? source.recall.uar : (this.result?.pooled.uar ?? null);
    return value === null ? null : { value, label: 'listeners' };
  });

  constructor() {
    engine.onNotice((notice) => {
      if (notice.type !== 'ledger' || notice.corpusId !== app.corpusId) return;
      if (notice.what === 'listening-tests' || notice.what === 'human-recall') this.#changes += 1;
    });
  }

  choose(key: string): void {
    this.#chosen = key;
  }

  /** Reads what there is for a corpus; call from an effect. */
  follow(corpusId: number): () => void {
    void [engine.generation, this.#changes];
    const abort = new AbortController();
    void this.#read(abort.signal, async ({ client }, options) => {
      const tests = await client.listening.list({ corpusId }, options);
      const recalls = await client.humanRecall.list({ corpusId }, options);
      return () => {
        this.#tests = tests;
        this.#recalls = recalls;
      };
    });
    return () => abort.abort();
  }

  /** Reads the result of the chosen test beside a run; call from an effect. */
  followResult(runId: number): () => void {
    const abort = new AbortController();
    const source = this.chosen?.source;
    if (source?.kind === 'test') {
      const { testId } = source.test;
      void this.#read(abort.signal, async ({ client }, options) => {
        const result = await client.listening.result({ testId, runId }, options);
        return () => (this.result = result);
      });
    } else this.result = null;
    return () => abort.abort();
  }

  async #read(
    signal: AbortSignal,
    ask: (from: typeof engine, options: { signal: AbortSignal }) => Promise<() => void>,
  ): Promise<void> {
    try {
      const take = await ask(engine, { signal });
      if (signal.aborted) return;
      take();
      this.error = null;
    } catch (error) {
      if (!signal.aborted && !isAbort(error) && !(error instanceof EngineLostError)) this.error = error;
    }
  }
}

export const human = new Human();
