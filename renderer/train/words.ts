// A run in words: the same for the list, the heads, the status lines and the picker.
import type {
  BackendName,
  Epoch,
  EvaluatedOn,
  Fold,
  RunDetail,
  RunState,
  RunSummary,
} from '../../shared/contract/schemas.ts';
import { SPLIT_WORDS, type SplitSpec } from '../../shared/protocol/split.ts';
import type { LayerSpec } from '../../shared/recipe/recipe.ts';
import { formatDuration, plural } from '../ui/format.ts';

const BACKENDS: Readonly<Record<BackendName, string>> = {
  tensorflow: 'native TensorFlow',
  wasm: 'WebAssembly',
};

/** What somebody called the run, else "Classic · LOSO". */
export function runTitle(run: Pick<RunSummary, 'name' | 'recipe' | 'split'>): string {
  return run.name === '' ? `${recipeTitle(run.recipe)} · ${SPLIT_WORDS[run.split].short}` : run.name;
}

/** "Classic". */
export function recipeTitle(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** 0.2 as "20"; no digit of it is lost. */
const perCent = (share: number): string => String(Number((share * 100).toPrecision(12)));

/**
 * A split with all its settings: "Random 80 / 20", "Groups of speakers, 5 folds", "Hold out speakers: 03, 08".
 * @param testCorpus name of the corpus that a cross-corpus run is tested on, where it is not said elsewhere
 */
export function splitInWords(split: SplitSpec, testCorpus?: string): string {
  const { title } = SPLIT_WORDS[split.name];
  switch (split.name) {
    case 'loso':
      return title;
    case 'grouped-k-fold':
    case 'random-k-fold':
      return `${title}, ${plural(split.folds, 'fold')}`;
    case 'hold-out-speakers':
      return split.speakers.length > 0
        ? `${title}: ${[...split.speakers].sort().join(', ')}`
        : `${title}, ${perCent(split.share)} % of them`;
    case 'random':
      return `Random ${perCent(1 - split.share)} / ${perCent(split.share)}`;
    case 'cross-corpus': {
      const mapped = Object.entries(split.labelMap)
        .filter(([from, to]) => from !== to)
        .map(([from, to]) => (to === null ? `${from} left out` : `${from} as ${to}`))
        .sort();
      return [testCorpus === undefined ? title : `${title}: ${testCorpus}`, ...mapped].join(', ');
    }
  }
}

/** "LSTM 128", "LSTM 64 both ways", "Dense 64", "Dropout 0.3". */
export function layerInWords(layer: LayerSpec): string {
  if (layer.type === 'dropout') return `Dropout ${layer.rate}`;
  if (layer.type === 'dense') return `Dense ${layer.units}`;
  return `LSTM ${layer.units}${layer.bidirectional ? ' both ways' : ''}`;
}

/** "native TensorFlow" or "WebAssembly". */
export function backendName(backend: BackendName): string {
  return BACKENDS[backend];
}

/** "native TensorFlow, fused layer": what computes the network, and how once a trainer has said so. */
export function computedBy({
  backend,
  path,
  epochsDone,
}: Pick<RunSummary, 'backend' | 'path' | 'epochsDone'>): string {
  if (epochsDone === 0) return backendName(backend);
  return `${backendName(backend)}, ${path === 'stock' ? 'stock layers' : path}`;
}

const ACTIVE: ReadonlySet<RunState> = new Set(['queued', 'running', 'paused']);

/** True until the run has ended one way or another. */
export function isActive(run: Pick<RunSummary, 'state'>): boolean {
  return ACTIVE.has(run.state);
}

/** True where a run that has ended left folds that can still be trained. */
export function canResume(run: Pick<RunSummary, 'state' | 'folds' | 'foldsDone'>): boolean {
  return !isActive(run) && (run.folds === 0 || run.foldsDone < run.folds);
}

/** Share of the epochs over all folds that are done, 0..1; null while the number of folds is not known. */
export function runShare(run: Pick<RunSummary, 'epochs' | 'folds' | 'epochsDone' | 'state'>): number | null {
  if (run.state === 'done') return 1;
  const total = run.epochs * run.folds;
  return total > 0 ? Math.min(1, run.epochsDone / total) : null;
}

/** "64 %"; a dash while nothing is known. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${Math.floor(share * 100)} %`;
}

/** "2 min 10 s left", or what stands in its place. */
export function timeLeft(run: Pick<RunSummary, 'state' | 'etaSeconds'>): string {
  if (run.state === 'queued') return 'waits its turn';
  if (run.state === 'paused') return 'paused';
  return run.etaSeconds === null ? 'time left not known yet' : `${formatDuration(run.etaSeconds)} left`;
}

/** What a score is over where that is less than the run set out for: "4 of 10 folds"; empty otherwise. */
export function scoredPart(
  run: Pick<RunSummary, 'uar' | 'folds' | 'foldsDone' | 'epochs' | 'epochsDone'>,
): string {
  if (run.uar === null || run.foldsDone === run.folds) return '';
  if (run.foldsDone > 0) return `${run.foldsDone} of ${plural(run.folds, 'fold')}`;
  return run.folds === 1 ? `epoch ${run.epochsDone} of ${run.epochs}` : 'unfinished folds';
}

/** Why the run has no model to answer with; null where it has one. */
export function whyNoModel(run: Pick<RunDetail, 'runId' | 'state' | 'foldDetails'>): string | null {
  const kept = run.foldDetails.some(
    ({ state, epochs }) => state === 'done' || (state === 'cancelled' && epochs.length > 0),
  );
  if (kept) return null;
  if (isActive(run)) return `Run ${run.runId} answers as soon as its first fold is done.`;
  return run.state === 'cancelled'
    ? `Run ${run.runId} kept no model: it was cancelled before an epoch was finished.`
    : `Run ${run.runId} kept no model: it failed before a fold was done.`;
}

/** What became of a run, in a few words: for the second line of the list. */
export function runFate(run: RunSummary): string {
  switch (run.state) {
    case 'queued':
      return 'waits its turn';
    case 'running':
      return `training · ${percent(runShare(run))}`;
    case 'paused':
      return `paused at ${percent(runShare(run))}`;
    case 'cancelled':
      return `cancelled at ${percent(runShare(run))}`;
    case 'failed':
      return 'failed';
    case 'done':
      return formatDuration(run.seconds);
  }
}

/**
 * "over 2 other runs, validation mean"; where they differ, "over 3 other runs: test mean of 4, 5, validation mean of 6".
 * @param others runs with what their curve is measured on; null while that is not known
 */
export function overlaidInWords(
  others: readonly { readonly runId: number; readonly heldOut: EvaluatedOn | null }[],
): string {
  const many = `over ${plural(others.length, 'other run')}`;
  const ofKind = (kind: EvaluatedOn): number[] =>
    others.filter(({ heldOut }) => heldOut === kind).map(({ runId }) => runId);
  const means = (['test', 'validation'] as const)
    .map((kind) => ({ kind, runIds: ofKind(kind) }))
    .filter(({ runIds }) => runIds.length > 0);
  if (means.length < 2) return means[0] ? `${many}, ${means[0].kind} mean` : many;
  return `${many}: ${means.map(({ kind, runIds }) => `${kind} mean of ${runIds.join(', ')}`).join(', ')}`;
}

/** The epoch that stands behind a fold's answers; the latest while none is kept. */
export function epochShown({ epochs, keptEpoch }: Pick<Fold, 'epochs' | 'keptEpoch'>): Epoch | undefined {
  return epochs.find(({ epoch }) => epoch === keptEpoch) ?? epochs.at(-1);
}

/** How long a run of so many epochs over all folds takes at the pace of an earlier one, in seconds. */
export function paceOf(earlier: Pick<RunSummary, 'seconds' | 'epochsDone'>, epochs: number): number | null {
  return earlier.epochsDone > 0 ? (earlier.seconds / earlier.epochsDone) * epochs : null;
}

/** A whole number between two bounds, as typed; null for anything else. */
export function wholeNumber(text: string, from: number, to: number): number | null {
  if (!/^\s*\d{1,10}\s*$/.test(text)) return null;
  const value = Number(text);
  return value >= from && value <= to ? value : null;
}

/** A number strictly between two bounds, as typed; null for anything else. */
export function numberBetween(text: string, above: number, below: number): number | null {
  const value = text.trim() === '' ? NaN : Number(text.trim().replace(',', '.'));
  return value > above && value < below ? value : null;
}
