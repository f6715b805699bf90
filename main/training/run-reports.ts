// What a run amounts to, read from the database: its summary, its detail, its clips, curves and predictions.
import type {
  Comparison,
  EvaluatedOn,
  Fold,
  FoldReport,
  PredictionRow,
  RunCurves,
  RunDetail,
  RunSummary,
} from '../../shared/contract/schemas.ts';
import type { Store } from '../store/database.ts';
import { getCorpus } from '../store/corpora.ts';
import * as runStore from '../store/runs.ts';
import type { ActiveRun } from './active-run.ts';
import { compareRuns } from './compare.ts';
import { etaSeconds, median } from './eta.ts';
import { foldPlanOf, leakageOf } from './plan.ts';
import { describeNormalisation } from './normalisation.ts';
import { describeProtocol, type ProtocolFacts, type Scored } from './protocol-sentence.ts';
import { countedPredictions, scoreRun } from './scores.ts';

/** A run in a list. @param active where it waits or trains now */
export function runSummary(store: Store, run: runStore.StoredRun, active: ActiveRun | undefined): RunSummary {
  const folds = runStore.listFolds(store, run.runId);
  const { epochs } = run.recipe.training;
  const epochSeconds = folds.flatMap((fold) => fold.epochs.map(({ seconds }) => seconds));
  // Its end could not be written: the database still believes it to be under way.
  const state = !active && (run.state === 'running' || run.state === 'queued') ? 'paused' : run.state;
  return {
    runId: run.runId,
    name: run.name,
    notes: run.notes,
    tags: [...run.tags],
    deletedAt: run.deletedAt,
    corpusId: run.corpusId,
    corpusName: run.corpusName,
    synthetic: run.synthetic,
    state,
    recipe: run.recipe.name,
    split: run.split.name,
    splitSpec: run.split,
    seed: run.seed,
    epochs,
    backend: run.backend,
    path: run.path,
    foldsInParallel: run.foldsInParallel,
    threads: run.threads,
    labels: [...run.labels],
    labelVersion: run.labelVersion,
    keepFlagged: run.keepFlagged,
    folds: folds.length,
    foldsDone: folds.filter((fold) => fold.state === 'done').length,
    epochsDone: epochSeconds.length,
    etaSeconds: state === 'running' ? eta(run, folds, active) : null,
    createdAt: run.createdAt,
    seconds: (run.seconds ?? 0) + (state === 'running' ? secondsSince(run.startedAt) : 0),
    secondsPerEpoch: median(epochSeconds),
    ...run.scores,
    message: active?.progress ?? run.message,
  };
}

function eta(run: runStore.StoredRun, folds: readonly Fold[], active: ActiveRun | undefined): number | null {
  const paces = folds.map((fold) => ({
    state: fold.state,
    clips: fold.trainClips + fold.validationClips + fold.testClips,
    epochSeconds: fold.epochs.map(({ seconds }) => seconds),
    wallSeconds: active?.wallSeconds(fold.index) ?? null,
  }));
  return etaSeconds(paces, run.recipe.training.epochs, Math.min(run.foldsInParallel, folds.length));
}

function secondsSince(startedAt: string | null): number {
  return startedAt === null ? 0 : Math.max(0, (Date.now() - Date.parse(startedAt)) / 1000);
}

/** A run with all that is known of it. */
export function runDetail(store: Store, run: runStore.StoredRun, active: ActiveRun | undefined): RunDetail {
  const summary = runSummary(store, run, active);
  const folds = runStore.listFolds(store, run.runId);
  const clips = runStore.runClips(store, run.runId);
  const plans = runStore.plannedFolds(store, run.runId, clips).map(foldPlanOf);
  const predictions = runStore.listPredictions(store, run.runId);
  const leakage = leakageOf(clips, plans, run.corpusId);
  const { training } = run.recipe;
  return {
    ...summary,
    recipeSpec: run.recipe,
    how: run.how,
    evaluatedOn: evaluatedOn(run),
    protocol: `${describeProtocol({
      split: run.split,
      folds: folds.length,
      clips: clips.length,
      sides: sidesOf(store, run, clips),
      leakage,
      flaggedLeftOut: run.flaggedLeftOut,
      duplicatesLeftOut: new Set(plans.flatMap(({ leftOut }) => [...leftOut])).size,
      labelVersion: run.labelVersion,
      recipe: run.recipe.name,
      training,
      seed: run.seed,
      epochs: training.epochs,
      ended: !['queued', 'running', 'paused'].includes(summary.state),
      scored: scoredOf(countedPredictions(predictions), folds),
    })} ${describeNormalisation(run.recipe.features)}`.trim(),
    foldDetails: folds,
    scores: scoreRun(predictions, run.labels, run.seed),
    leakage,
  };
}

/** Clips of the corpus that a run is trained on and of the other that it is tested on; null where they are one. */
function sidesOf(
  store: Store,
  { split, corpusId, corpusName }: runStore.StoredRun,
  clips: readonly runStore.RunClip[],
): ProtocolFacts['sides'] {
  if (split.name !== 'cross-corpus') return null;
  const trained = clips.filter((clip) => clip.corpusId === corpusId).length;
  return {
    trained: { corpus: corpusName, clips: trained },
    tested: { corpus: getCorpus(store, split.testCorpusId).name, clips: clips.length - trained },
  };
}

/** What the counted predictions are of; null where there are none. */
function scoredOf(predictions: readonly runStore.StoredPrediction[], folds: readonly Fold[]): Scored | null {
  if (predictions.length === 0) return null;
  const speakers = new Set(predictions.flatMap(({ speaker }) => speaker ?? []));
  const scoring = new Set(predictions.map(({ fold }) => fold));
  const epochs = folds
    .filter(({ index }) => scoring.has(index))
    .map((fold) => fold.keptEpoch ?? fold.epochs.length);
  return {
    clips: predictions.length,
    speakers: speakers.size,
    epochs: [Math.min(...epochs), Math.max(...epochs)],
  };
}

/** Test clips of all folds that left predictions, by path. @throws UserError NOT_FOUND */
export function runPredictions(store: Store, runId: number): PredictionRow[] {
  const { labels } = runStore.getRun(store, runId);
  return runStore.listPredictions(store, runId).map((row) => ({
    clipId: row.clipId,
    corpusId: row.corpusId,
    path: row.path,
    speaker: row.speaker,
    sex: row.sex,
    utterance: row.utterance,
    label: labels[row.label]!,
    predicted: labels[row.predicted]!,
    probabilities: [...row.probabilities],
    fold: row.fold,
  }));
}

/** Which clips each fold uses for what, and its own scores. @throws UserError NOT_FOUND */
export function runFoldReports(store: Store, runId: number): FoldReport[] {
  const { labels, seed } = runStore.getRun(store, runId);
  const predictions = Map.groupBy(runStore.listPredictions(store, runId), ({ fold }) => fold);
  const clips = runStore.runClips(store, runId);
  const paths = (positions: Int32Array): string[] => Array.from(positions, (i) => clips[i]!.path);
  return runStore
    .plannedFolds(store, runId, clips)
    .map(foldPlanOf)
    .map(({ index, train, validation, test }) => ({
      fold: index,
      train: paths(train),
      validation: paths(validation),
      test: paths(test),
      scores: scoreRun(predictions.get(index) ?? [], labels, seed),
    }));
}

/** @throws UserError NOT_FOUND */
export function runCurves(store: Store, runId: number): RunCurves {
  const run = runStore.getRun(store, runId);
  const folds = runStore.listFolds(store, runId);
  return {
    runId,
    evaluatedOn: evaluatedOn(run),
    folds: folds.map(({ index, epochs }) => ({ index, epochs })),
  };
}

function evaluatedOn({ recipe }: runStore.StoredRun): EvaluatedOn {
  return recipe.training.validation === null ? 'test' : 'validation';
}

/** Two runs on the clips that both scored; the bootstrap has the seed of the first. @throws UserError NOT_FOUND */
export function runComparison(store: Store, a: number, b: number): Comparison {
  const [first, second] = [a, b].map((runId) => ({
    runId,
    labels: runStore.getRun(store, runId).labels,
    predictions: runStore.listPredictions(store, runId),
  }));
  return compareRuns(first!, second!, runStore.getRun(store, a).seed);
}
