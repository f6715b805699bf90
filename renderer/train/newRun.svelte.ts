// The form of the next run: what is chosen, whether it can start, and why not.
import type { BackendName, RunDetail, StartRunInput } from '../../shared/contract/schemas.ts';
import { counterparts } from '../evaluate/honesty.ts';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { formatDuration, formatRate, plural } from '../ui/format.ts';
import { typedNumber } from './recipe/draft.ts';
import { recipes } from './recipe/recipes.svelte.ts';
import { runs } from './runs.svelte.ts';
import { chosenSplit } from './split/chosen.svelte.ts';
import { paceOf, wholeNumber } from './words.ts';

const MOST_EPOCHS = 10_000;
const LAST_SEED = 2_147_483_647;
const MOST_SIDE_BY_SIDE = 256;

class NewRun {
  seedText = $state('1');
  /** As typed here; null: as the last run had it. */
  #sideBySide = $state<string | null>(null);
  /** Uses clips flagged as bad recordings too. */
  keepFlagged = $state(false);
  #backend = $state<BackendName | null>(null);
  starting = $state(false);
  error = $state.raw<unknown>(null);

  readonly epochs = $derived(wholeNumber(this.epochsText, 1, MOST_EPOCHS));
  readonly seed = $derived(wholeNumber(this.seedText, 0, LAST_SEED));
  readonly sideBySide = $derived(
    this.sideBySideText.trim() === '' ? undefined : wholeNumber(this.sideBySideText, 1, MOST_SIDE_BY_SIDE),
  );
  readonly hasNative = $derived(engine.info !== null && engine.info.nativeMissing === null);
  readonly backend = $derived<BackendName>(
    this.hasNative ? (this.#backend ?? engine.info?.backend ?? 'wasm') : 'wasm',
  );
  readonly folds = $derived(chosenSplit.count);

  readonly epochsError = $derived(
    this.epochs === null ? `Epochs: a whole number from 1 to ${MOST_EPOCHS.toLocaleString('en-GB')}.` : null,
  );
  readonly seedError = $derived(this.seed === null ? 'Seed: a whole number from 0 to 2,147,483,647.' : null);
  readonly sideBySideError = $derived(
    this.sideBySide === null ? `Folds side by side: a whole number from 1 to ${MOST_SIDE_BY_SIDE}.` : null,
  );

  /** Why it cannot start; null when it can. */
  readonly blocked = $derived.by((): string | null => {
    const { corpus } = app;
    if (!engine.ready) return 'The engine is not ready yet.';
    if (corpus === null) return 'No corpus is open.';
    if (corpus.clips === 0) return 'This corpus has no readable clip.';
    const labels = corpus.labels.filter(({ clips }) => clips > 0);
    if (labels.length === 0) return 'No clip has a label yet: set some in the Label room.';
    if (labels.length === 1)
      return `All labelled clips are “${labels[0]!.label}”: training needs two labels or more.`;
    const wrong = this.epochsError ?? this.seedError ?? this.sideBySideError ?? chosenSplit.blocked;
    if (wrong !== null) return wrong;
    return recipes.current === null ? `The recipe: ${recipes.problems[0]!.message}` : null;
  });

  /** What starting now would mean: its place in the queue and its length by the pace of an earlier run. */
  readonly outlook = $derived.by((): string => {
    if (this.epochs === null) return '';
    const before = runs.active.find(({ state }) => state !== 'paused');
    const queue = before ? `Waits for run ${before.runId}. ` : '';
    const like = runs.list.find(
      (run) =>
        run.state === 'done' &&
        run.backend === this.backend &&
        run.split === chosenSplit.name &&
        run.recipe === recipes.name,
    );
    const seconds = like ? paceOf(like, this.epochs * this.folds) : null;
    if (seconds !== null)
      return `${queue}About ${formatDuration(seconds)}${before ? '' : `, at run ${like!.runId}’s pace`}.`;
    return `${queue}${plural(this.folds, 'fold')} of ${plural(this.epochs, 'epoch')}.`;
  });

  /** Labelled clips of the open corpus, and of the one tested on, that are flagged as bad recordings. */
  readonly flagged = $derived(
    (app.corpus?.flagged ?? 0) +
      (chosenSplit.name === 'cross-corpus' ? (chosenSplit.testCorpus?.flagged ?? 0) : 0),
  );

  /** What a random split overstated on this corpus, where both were run alike; null before that. */
  readonly overstated = $derived.by((): string | null => {
    for (const random of runs.list) {
      if (random.split !== 'random' || random.state !== 'done' || random.uar === null) continue;
      const loso = counterparts(random, runs.list).find(
        ({ split, state }) => split === 'loso' && state === 'done',
      );
      if (loso === undefined || loso.uar === null || random.uar <= loso.uar) continue;
      return `UAR read ${formatRate(random.uar - loso.uar)} higher here (run ${random.runId} against ${loso.runId}).`;
    }
    return null;
  });

  /** Empty: as many as the processor has cores. */
  get sideBySideText(): string {
    return this.#sideBySide ?? String(app.settings?.foldsInParallel ?? '');
  }

  set sideBySideText(text: string) {
    this.#sideBySide = text;
  }

  /** The recipe's epochs, as typed. */
  get epochsText(): string {
    return String(recipes.at('training.epochs'));
  }

  set epochsText(text: string) {
    recipes.set('training.epochs', typedNumber(text));
  }

  choose(backend: BackendName): void {
    this.#backend = backend;
  }

  /** Fills the form with what another run had. */
  adopt(run: RunDetail): void {
    recipes.take(run.recipeSpec);
    chosenSplit.adopt(run.splitSpec);
    this.seedText = String(run.seed);
    this.keepFlagged = run.keepFlagged;
    this.#backend = run.backend;
  }

  /** Starts the run that the form describes. */
  async start(): Promise<void> {
    if (this.blocked !== null || this.starting || app.corpusId === null) return;
    const input: StartRunInput = {
      corpusId: app.corpusId,
      recipe: recipes.current!,
      split: chosenSplit.spec!,
      seed: this.seed!,
      keepFlagged: this.keepFlagged,
      backend: this.backend,
      foldsInParallel: this.sideBySide ?? undefined,
    };
    this.starting = true;
    this.error = null;
    try {
      await runs.start(input);
      recipes.editing = false;
      this.#keepSideBySide();
    } catch (error) {
      this.error = error;
    } finally {
      this.starting = false;
    }
  }

  /** Machines differ more than runs do: what was asked for once stands there the next time. */
  #keepSideBySide(): void {
    const foldsInParallel = this.sideBySide ?? null;
    if (foldsInParallel !== app.settings?.foldsInParallel) app.changeSettings({ foldsInParallel });
  }
}

export const newRun = new NewRun();
