// What the commands do: each returns the document that --json prints.
import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { findingInWords, UserError } from '../../shared/contract/errors.ts';
import type { CorpusSummary, RunSummary, TableMapping, TableSpec } from '../../shared/contract/schemas.ts';
import { leftModel, tableMappingSchema } from '../../shared/contract/schemas.ts';
import { type LocalClient, orInterrupted, withEngine } from './local-engine.ts';
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
function parseMapping(text: string): TableMapping {
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
    if (audio !== undefined) throw new UsageError('--audio needs --table.');
    return undefined;
  }
  if (map === undefined) throw new UsageError('--table needs --map, as in file=file_id,label=emotion.');
  return {
    file: path.resolve(table),
    audioFolder: path.resolve(audio ?? folder),
    mapping: parseMapping(map),
  };
}

/** Indexes a folder, or what changed in it. */
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

export interface PredictOptions extends CommonOptions {
  readonly run: string;
  readonly overTime?: boolean;
}

export function predict(file: string, options: PredictOptions): Promise<object> {
  return withEngine(options.workspace, async (client, signal) => {
    const runId = await runNumber(client, options.run);
    const absolute = path.resolve(file);
    const question = { runId, file: await readFile(absolute) };
    const computed = await computedBy(client, runId);
    if (options.overTime)
      return { ...(await orInterrupted(client.predict.fileOverTime(question), signal)), ...computed };
    const answer = await orInterrupted(client.predict.file(question), signal);
    return {
      runId,
      file: absolute,
      label: answer.label,
      probabilities: Object.fromEntries(answer.labels.map((label, i) => [label, answer.probabilities[i]])),
      model: answer.model,
      ...computed,
    };
  });
}

/** A file as a call takes it. @throws UserError UNREADABLE */
export async function readFile(absolute: string): Promise<File> {
  const bytes = await fs.readFile(absolute).catch((error: Error) => {
    throw new UserError('UNREADABLE', `${absolute} could not be read: ${error.message}`, { path: absolute });
  });
  return new File([bytes], absolute);
}

/** The first thing that a schema finds wrong. */
export function inOneLine([first]: readonly z.core.$ZodIssue[]): string {
  return findingInWords(first!);
}

/** A recipe or a protocol card is a few kilobytes; what is far beyond is none. */
const MAX_JSON_BYTES = 10 * 2 ** 20;

/** A recipe or a protocol card, as text. @throws UserError UNREADABLE naming the file */
export async function readJsonText(file: string): Promise<string> {
  const unreadable = (reason: string): UserError =>
    new UserError('UNREADABLE', `${file} could not be read: ${reason}`, { path: file });
  const failed = (error: NodeJS.ErrnoException): never => {
    throw unreadable(error.code === 'ENOENT' ? 'there is no such file.' : error.message);
  };
  const { size } = await fs.stat(file).catch(failed);
  if (size > MAX_JSON_BYTES) throw unreadable(`it has more than ${MAX_JSON_BYTES / 2 ** 20} MB.`);
  return fs.readFile(file, 'utf8').catch(failed);
}

/** As readJsonText, parsed. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readJsonText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError('UNREADABLE', `${file} could not be read: ${(error as Error).message}`, {
      path: file,
    });
  }
}

/** A run by its number, or the last one that has a model. @throws UserError NOT_FOUND where none has */
export async function runNumber(client: LocalClient, reference: string): Promise<number> {
  if (reference !== 'last') return Number(reference);
  const runs = await client.runs.list({});
  for (const run of runs.sort((a, b) => b.runId - a.runId)) if (await hasModel(client, run)) return run.runId;
  throw new UserError(
    'NOT_FOUND',
    'No run in this workspace has a model. Train one first: pathos train FOLDER',
  );
}

async function hasModel(client: LocalClient, { runId, foldsDone, epochsDone }: RunSummary): Promise<boolean> {
  if (foldsDone > 0 || epochsDone === 0) return foldsDone > 0;
  const { foldDetails } = await client.runs.get({ runId });
  return foldDetails.some(leftModel);
}

/** What the models of a run were trained by. @throws UserError NOT_FOUND */
export async function computedBy(
  client: LocalClient,
  runId: number,
): Promise<Pick<RunSummary, 'backend' | 'path'>> {
  // A run's summary is soon there; all that is known of it takes a bootstrap, and is of a deleted one too.
  const listed = (await client.runs.list({})).find((run) => run.runId === runId);
  const { backend, path: how } = listed ?? (await client.runs.get({ runId }));
  return { backend, path: how };
}
