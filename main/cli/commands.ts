// What the commands do: each returns the document that --json prints.
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type {
  CorpusSummary,
  RunDetail,
  StartRunInput,
  TableMapping,
  TableSpec,
} from '../../shared/contract/schemas.ts';
import { tableMappingSchema } from '../../shared/contract/schemas.ts';
import { PRESETS, type Recipe } from '../../shared/recipe/recipe.ts';
import { type LocalClient, withEngine } from './local-engine.ts';
import { createProgress } from './progress.ts';

/** What was typed can't be meant: exit status 2. */
export class UsageError extends UserError {
  constructor(message: string) {
    super('BAD_INPUT', message);
  }
}

export interface CommonOptions {
  readonly workspace?: string;
}

export interface IndexOptions extends CommonOptions {
  readonly table?: string;
  readonly map?: string;
  readonly audio?: string;
}

/** `file=file_id,label=emotion` as a mapping. */
export function parseMapping(text: string): TableMapping {
  const pairs = text.split(',').map((pair) => {
    const [meaning = '', ...column] = pair.split('=');
    return [meaning.trim(), column.join('=').trim()] as const;
  });
  const parsed = tableMappingSchema.safeParse(Object.fromEntries(pairs));
  if (!parsed.success) {
    throw new UsageError(
      `--map must name at least file and label, as in file=file_id,label=emotion; got "${text}".`,
    );
  }
  return parsed.data;
}

function tableSpec(folder: string, { table, map, audio }: IndexOptions): TableSpec | undefined {
  if (table === undefined) {
    if (map !== undefined) throw new UsageError('--map needs --table.');
    return undefined;
  }
  if (map === undefined) throw new UsageError('--table needs --map, as in file=file_id,label=emotion.');
  return {
    file: path.resolve(table),
    audioFolder: path.resolve(audio ?? folder),
    mapping: parseMapping(map),
  };
}

/** Opens (indexes) a folder with progress on stderr. */
export async function openCorpus(
  client: LocalClient,
  folder: string,
  options: IndexOptions,
  signal: AbortSignal,
): Promise<{ summary: CorpusSummary; seconds: number }> {
  const absolute = path.resolve(folder);
  const progress = createProgress('Indexing');
  try {
    const table = tableSpec(absolute, options);
    const events = await client.corpora.open({ folder: absolute, ...(table && { table }) }, { signal });
    for await (const event of events) {
      if (event.type === 'done') return { summary: event.summary, seconds: event.seconds };
      progress.update(event.done, event.total, `${event.ratePerSecond.toFixed(0)} files/s`);
    }
  } finally {
    progress.stop();
  }
  throw new UserError('UNREADABLE', `Indexing ${absolute} ended early.`, { path: absolute });
}

export function index(folder: string, options: IndexOptions): Promise<object> {
  return withEngine(options.workspace, async (client, signal) => {
    const { summary, seconds } = await openCorpus(client, folder, options, signal);
    const defects = await client.corpora.defects({ corpusId: summary.corpusId });
    return {
      clips: summary.clips,
      speakers: summary.speakers.length,
      labels: summary.labels.length,
      defects,
      seconds,
    };
  });
}

function preset(name: string): Recipe {
  const recipe = PRESETS.get(name);
  if (!recipe)
    throw new UsageError(`No recipe is called "${name}". There is: ${[...PRESETS.keys()].join(', ')}.`);
  return recipe;
}

export interface TrainOptions extends IndexOptions {
  readonly recipe: string;
  readonly split: 'loso' | 'random';
  readonly seed: number;
  readonly epochs?: number;
  readonly backend?: 'tensorflow' | 'wasm';
}

async function followRun(client: LocalClient, runId: number, signal: AbortSignal): Promise<RunDetail> {
  const progress = createProgress('Training');
  // Ctrl C cancels the run and waits for what it keeps.
  const cancel = (): void => void client.runs.cancel({ runId });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of await client.runs.watch({ runId })) {
      if (event.type !== 'epoch') continue;
      const { epochsDone, epochs, folds } = event.summary;
      const { epoch } = event;
      progress.update(
        epochsDone,
        epochs * folds,
        `fold ${event.fold + 1}/${folds} epoch ${epoch.epoch}/${epochs} loss ${epoch.loss.toFixed(4)} ` +
          `accuracy ${epoch.accuracy.toFixed(3)} held-out ${epoch.heldOutLoss.toFixed(4)} ${epoch.heldOutAccuracy.toFixed(3)}`,
      );
    }
  } finally {
    progress.stop();
    signal.removeEventListener('abort', cancel);
  }
  return client.runs.get({ runId });
}

export function train(folder: string, options: TrainOptions): Promise<object> {
  const recipe = preset(options.recipe);
  return withEngine(options.workspace, async (client, signal) => {
    const { summary } = await openCorpus(client, folder, options, signal);
    const input: StartRunInput = {
      corpusId: summary.corpusId,
      recipe: recipe.name,
      split: options.split,
      seed: options.seed,
      ...(options.epochs !== undefined && { epochs: options.epochs }),
      ...(options.backend !== undefined && { backend: options.backend }),
    };
    const { runId } = await client.runs.start(input);
    const run = await followRun(client, runId, signal);
    if (run.state !== 'done') {
      throw new UserError(
        'UNAVAILABLE',
        `Run ${runId} ${run.state}: ${run.message ?? 'no reason was given'}`,
      );
    }
    return runDocument(run);
  });
}

/** A run as the command line reports it. */
function runDocument(run: RunDetail): object {
  return {
    runId: run.runId,
    state: run.state,
    backend: run.backend,
    path: run.path,
    recipe: run.recipe,
    split: run.split,
    seed: run.seed,
    epochs: run.epochs,
    labels: run.labels,
    folds: run.folds,
    foldsDone: run.foldsDone,
    accuracy: run.accuracy,
    accuracyInterval: run.accuracyInterval,
    uar: run.uar,
    uarInterval: run.uarInterval,
    confusion: run.confusion,
    secondsPerEpoch: run.secondsPerEpoch,
    seconds: run.seconds,
    labelVersion: run.labelVersion,
    protocol: run.protocol,
    curves: run.foldDetails.map(({ index: fold, epochs }) => ({ fold, epochs })),
    message: run.message,
  };
}

export interface PredictOptions extends CommonOptions {
  readonly run: string;
}

export function predict(file: string, options: PredictOptions): Promise<object> {
  return withEngine(options.workspace, async (client) => {
    const runId = options.run === 'last' ? await lastRun(client) : Number(options.run);
    const absolute = path.resolve(file);
    const answer = await client.predict.file({ runId, file: await readFile(absolute) });
    return {
      runId,
      file: absolute,
      label: answer.label,
      probabilities: Object.fromEntries(answer.labels.map((label, i) => [label, answer.probabilities[i]])),
      model: answer.model,
    };
  });
}

/** @param absolute path @throws UserError UNREADABLE naming it */
export async function readFile(absolute: string): Promise<File> {
  const bytes = await fs.readFile(absolute).catch((error: Error) => {
    throw new UserError('UNREADABLE', `${absolute} could not be read: ${error.message}`, { path: absolute });
  });
  return new File([bytes], absolute);
}

/** The newest run with a model. @throws UserError NOT_FOUND */
export async function lastRun(client: LocalClient): Promise<number> {
  const runs = await client.runs.list({});
  const usable = runs.filter((run) => run.foldsDone > 0).sort((a, b) => b.runId - a.runId);
  const [last] = usable;
  if (!last)
    throw new UserError(
      'NOT_FOUND',
      'There is no finished run in this workspace. Train one first: pathos train FOLDER',
    );
  return last.runId;
}
