// Makes a run of what was asked for: recipe, split, labels, backend and plan, fixed from here on.
import { availableParallelism } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };
import { UserError } from '../../shared/contract/errors.ts';
import {
  startRunInputSchema,
  type BackendName,
  type ProtocolCard,
  type SplitSpec,
  type StartRunInput,
} from '../../shared/contract/schemas.ts';
import { matchedLabel } from '../../shared/labels/mapping.ts';
import { splitByName, splitSpecSchema } from '../../shared/protocol/split.ts';
import { PRESETS, type Recipe } from '../../shared/recipe/recipe.ts';
import { whyUntrainable } from '../features/possible.ts';
import { corpusSummary } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import { corpusLabelSet } from '../store/label-sets.ts';
import * as runStore from '../store/runs.ts';
import { probeBackends } from './backend.ts';
import { mapLabels, planRun } from './plan.ts';

/** How many folds and threads a run has that does not say. */
export interface RunDefaults {
  readonly foldsInParallel: number;
}

/**
 * Adds a queued run of a corpus as it is labelled now, and returns its id.
 * @throws UserError BAD_INPUT where the clips cannot be split that way or nothing can be trained by the recipe, NOT_FOUND
 *   for an unknown recipe or corpus, UNAVAILABLE for a backend that is not there
 */
export async function insertNewRun(
  store: Store,
  input: StartRunInput,
  defaults: RunDefaults,
): Promise<number> {
  const asked = startRunInputSchema.parse(input);
  const { corpusId, seed } = asked;
  const recipe = withEpochs(
    typeof asked.recipe === 'string' ? preset(asked.recipe) : asked.recipe,
    asked.epochs,
  );
  requireTrainable(recipe);
  const split: SplitSpec = typeof asked.split === 'string' ? splitByName(asked.split) : asked.split;
  const corpus = corpusSummary(store, corpusId);
  const backend = await chooseBackend(asked.backend);
  const { keepFlagged } = asked;
  const own = runStore.trainableClips(store, corpusId, keepFlagged ? 'kept' : 'left out');
  const said = new Set(own.map(({ label }) => label));
  const labels = corpus.labels.map(({ label }) => label).filter((label) => said.has(label));
  const other = (flagged: 'kept' | 'left out' | 'alone'): runStore.TrainableClip[] =>
    otherClips(store, split, corpusId, labels, flagged);
  const clips = [...own, ...other(keepFlagged ? 'kept' : 'left out')];
  const flagged = [...runStore.trainableClips(store, corpusId, 'alone'), ...other('alone')];
  const validationShare = recipe.training.validation?.share ?? null;
  const plan = planRun(clips, { split, labels, seed, validationShare, corpusId });
  const foldsInParallel = Math.min(asked.foldsInParallel ?? defaults.foldsInParallel, plan.folds.length);
  return runStore.insertRun(
    store,
    {
      corpusId,
      corpusName: corpus.name,
      synthetic: corpus.synthetic,
      recipe,
      split,
      seed,
      backend,
      path: 'stock',
      foldsInParallel,
      threads: asked.threads ?? Math.max(1, Math.floor(availableParallelism() / foldsInParallel)),
      labels,
      labelVersion: corpus.labelVersion,
      keepFlagged,
      flaggedLeftOut: keepFlagged ? 0 : flagged.length,
      versions: { studio: packageJson.version, node: process.versions.node, platform: platform() },
    },
    plan.folds,
    plan.clips,
  );
}

/** The clips that a cross-corpus run is tested on, under the run's labels. */
function otherClips(
  store: Store,
  split: SplitSpec,
  corpusId: number,
  labels: readonly string[],
  flagged: 'kept' | 'left out' | 'alone',
): runStore.TrainableClip[] {
  if (split.name !== 'cross-corpus') return [];
  if (split.testCorpusId === corpusId)
    throw new UserError(
      'BAD_INPUT',
      'A cross-corpus run is tested on another corpus than it is trained on.',
      {
        next: 'Choose another corpus to test on, or another split.',
      },
    );
  // Says so where there is no such corpus.
  corpusSummary(store, split.testCorpusId);
  const clips = runStore.trainableClips(store, split.testCorpusId, flagged);
  return flagged === 'alone' && clips.length === 0 ? [] : mapLabels(clips, split.labelMap, labels);
}

/**
 * What was asked for, with what label sets say of the labels that a cross-corpus run's map does not name: written into
 * the map, so that the run and its card keep it.
 */
export function withMappedLabels(store: Store, input: StartRunInput): StartRunInput {
  const { split, corpusId } = input;
  if (typeof split !== 'object' || split.name !== 'cross-corpus') return input;
  const named = splitSpecSchema.parse(split) as Extract<SplitSpec, { name: 'cross-corpus' }>;
  const labels = corpusSummary(store, corpusId).labels.map(({ label }) => label);
  const [own, other] = [corpusLabelSet(store, corpusId), corpusLabelSet(store, named.testCorpusId)];
  const said = corpusSummary(store, named.testCorpusId).labels.flatMap(({ label }) => {
    if (Object.hasOwn(named.labelMap, label)) return [];
    const to = matchedLabel(label, labels, own, [other]);
    const byName = labels.includes(label) ? label : null;
    return to === byName ? [] : [[label, to] as const];
  });
  return { ...input, split: { ...named, labelMap: { ...named.labelMap, ...Object.fromEntries(said) } } };
}

/** What else the last digits of a result may hang on. */
function platform(): string {
  return `${process.platform} ${process.arch}`;
}

function preset(name: string): Recipe {
  const recipe = PRESETS.get(name);
  if (!recipe)
    throw new UserError('NOT_FOUND', `There is no recipe called "${name}".`, {
      next: `Choose one of: ${[...PRESETS.keys()].join(', ')}.`,
    });
  return recipe;
}

function withEpochs(recipe: Recipe, epochs: number | undefined): Recipe {
  return epochs === undefined ? recipe : { ...recipe, training: { ...recipe.training, epochs } };
}

function requireTrainable(recipe: Recipe): void {
  const why = whyUntrainable(recipe)?.message.replace(/\.$/, '');
  if (why !== undefined)
    throw new UserError('BAD_INPUT', `No run can be trained by the recipe "${recipe.name}": ${why}.`);
}

/** The backend asked for, else the best there is. @throws UserError UNAVAILABLE; nothing falls back in silence */
async function chooseBackend(asked: BackendName | undefined): Promise<BackendName> {
  if (asked === 'wasm') return asked;
  const { backend, nativeMissing } = await probeBackends();
  if (asked === 'tensorflow' && nativeMissing)
    throw new UserError('UNAVAILABLE', `Native TensorFlow cannot be used: ${nativeMissing.reason}`, {
      next: `Run "${nativeMissing.command}", or choose the wasm backend.`,
    });
  return asked ?? backend;
}

/** What a card asks to be started, on a corpus of this workspace. @param testCorpusId of a cross-corpus run */
export function inputOfCard(
  { recipe, split, seed, backend, threads, keepFlagged }: ProtocolCard,
  corpusId: number,
  testCorpusId: number | undefined,
): StartRunInput {
  if (split.name === 'cross-corpus' && testCorpusId === undefined)
    throw new UserError(
      'BAD_INPUT',
      'This card is of a cross-corpus run: it needs the corpus to test on, too.',
    );
  return {
    corpusId,
    recipe,
    split: split.name === 'cross-corpus' ? { ...split, testCorpusId: testCorpusId! } : split,
    seed,
    backend,
    threads,
    keepFlagged,
  };
}
