// What is asked of runs that there are: list, show, resume, compare, card, and a rerun from a card.
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import { type ProtocolCard, protocolCardSchema } from '../../shared/contract/schemas.ts';
import { type CommonOptions, inOneLine, openCorpus, readJson, runNumber, UsageError } from './commands.ts';
import { type LocalClient, withEngine } from './local-engine.ts';
import { followToDone, runDocument } from './train-command.ts';

/** All runs of the workspace, newest first. */
export function listRuns({ workspace }: CommonOptions): Promise<object> {
  return withEngine(workspace, async (client) => ({ runs: await client.runs.list({}) }));
}

/** What a run was, which clips its folds used, and what it answered. */
export function showRun(reference: string, { workspace }: CommonOptions): Promise<object> {
  return withEngine(workspace, async (client) => {
    const runId = await runNumber(client, reference);
    const { recipeSpec, splitSpec, labelVersion, backend, path: how } = await client.runs.get({ runId });
    const folds = await client.runs.foldReports({ runId });
    const predictions = await client.runs.predictions({ runId });
    return {
      recipe: recipeSpec,
      split: splitSpec,
      labelVersion,
      backend,
      path: how,
      folds: folds.map(({ train, validation, test, scores }) => ({
        train,
        validation,
        test,
        metrics: scores,
      })),
      predictions: predictions.map(({ path: file, speaker, label, predicted, probabilities, fold }) => ({
        path: file,
        speaker,
        label,
        predicted,
        probabilities,
        fold,
      })),
    };
  });
}

/** Goes on with a run that was paused, or left folds unfinished. */
export function resumeRun(reference: string, { workspace }: CommonOptions): Promise<object> {
  return withEngine(workspace, async (client, signal) => {
    const { runId } = await client.runs.resume({ runId: Number(reference) });
    return runDocument(await followToDone(client, runId, signal));
  });
}

/** Two runs on the clips that both scored. */
export function compareRuns(a: string, b: string, { workspace }: CommonOptions): Promise<object> {
  return withEngine(workspace, (client) => client.runs.compare({ a: Number(a), b: Number(b) }));
}

/** The protocol card of a run. */
export function card(reference: string, { workspace }: CommonOptions): Promise<object> {
  return withEngine(workspace, async (client) =>
    client.runs.card({ runId: await runNumber(client, reference) }),
  );
}

export interface RerunOptions extends CommonOptions {
  readonly testCorpus?: string;
}

/**
 * Repeats a run from its card.
 * @param folder of the corpus; without it the one of the workspace that the card names
 */
export async function rerun(
  file: string,
  folder: string | undefined,
  options: RerunOptions,
): Promise<object> {
  const asked = await readCard(path.resolve(file));
  if (options.testCorpus !== undefined && asked.testCorpus === null)
    throw new UsageError(
      '--test-corpus goes with the card of a cross-corpus run; this one is of another split.',
    );
  return withEngine(options.workspace, async (client, signal) => {
    const corpusId = await corpusOf(client, folder, asked.corpus.name, signal);
    const other = asked.testCorpus;
    const testCorpusId = other ? await corpusOf(client, options.testCorpus, other.name, signal) : undefined;
    signal.throwIfAborted();
    const { runId } = await client.runs.rerun({
      card: asked,
      corpusId,
      ...(testCorpusId !== undefined && { testCorpusId }),
    });
    const run = await followToDone(client, runId, signal);
    const match = await client.runs.matchCard({ runId, card: asked });
    return { ...match, ...runDocument(run) };
  });
}

async function readCard(file: string): Promise<ProtocolCard> {
  const parsed = protocolCardSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw new UserError('BAD_INPUT', `${file} is no protocol card: ${inOneLine(parsed.error.issues)}.`, {
    path: file,
  });
}

async function corpusOf(
  client: LocalClient,
  folder: string | undefined,
  name: string,
  signal: AbortSignal,
): Promise<number> {
  if (folder !== undefined) return (await openCorpus(client, folder, {}, signal)).summary.corpusId;
  const named = (await client.corpora.list()).filter((corpus) => corpus.name === name);
  if (named.length === 1) return named[0]!.corpusId;
  throw new UserError(
    'NOT_FOUND',
    named.length === 0
      ? `This workspace has no corpus called "${name}".`
      : `This workspace has ${named.length} corpora called "${name}".`,
    { next: 'Name its folder: pathos rerun CARD FOLDER.' },
  );
}
