// The live command: a file down the path of the microphone, every window answered.
import path from 'node:path';
import { LIVE_DEFAULTS, liveSettingsSchema, type LiveFile } from '../../shared/contract/schemas.ts';
import { computedBy, readFile, runNumber, UsageError, type CommonOptions } from './commands.ts';
import { orInterrupted, withEngine } from './local-engine.ts';

export interface LiveOptions extends CommonOptions {
  readonly run: string;
  /** From 0. */
  readonly folds?: 'all' | number;
  readonly gate?: number;
  readonly unsure?: number;
}

/** @throws UsageError for settings out of range; UserError naming what cannot be read */
export function live(file: string, options: LiveOptions): Promise<object> {
  const settings = liveSettingsSchema.safeParse({
    ...LIVE_DEFAULTS,
    ...(options.gate !== undefined && { gateDbfs: options.gate }),
    ...(options.unsure !== undefined && { unsureBelow: options.unsure }),
  });
  if (!settings.success) throw new UsageError('--gate is a level from -100 to 0, --unsure a probability.');
  return withEngine(options.workspace, async (client, signal) => {
    const runId = await runNumber(client, options.run);
    const absolute = path.resolve(file);
    const question = {
      ...{ runId, folds: options.folds ?? null },
      file: await readFile(absolute),
      settings: settings.data,
    };
    const computed = await computedBy(client, runId);
    return {
      ...liveDocument(absolute, await orInterrupted(client.live.file(question), signal)),
      ...computed,
    };
  });
}

/** A file's windows as the command line reports them. */
function liveDocument(file: string, { model, sampleRateHz, windows, opinion }: LiveFile): object {
  const { labels, threshold, windowSamples, hopSamples } = model;
  const byLabel = (values: readonly number[] | null) =>
    values && Object.fromEntries(labels.map((label, i) => [label, values[i]]));
  return {
    ...{
      runId: model.runId,
      model: model.model,
      file,
      sampleRateHz,
      windowSamples,
      hopSamples,
      labels,
      threshold,
    },
    label: opinion?.label ?? null,
    probability: opinion?.probability ?? null,
    windows: windows.map(({ raw, smoothed, ...window }) => ({
      ...window,
      startSeconds: window.startSample / sampleRateHz,
      endSeconds: window.endSample / sampleRateHz,
      probabilities: byLabel(raw),
      smoothed: byLabel(smoothed),
    })),
  };
}
