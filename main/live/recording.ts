// Keeps a stretch of a stream in the workspace: a WAV, and beside it what the model said, which is no label.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import {
  LIVE_RECORDING_VERSION,
  type LiveModel,
  type LiveRecording,
  type LiveRecordingFile,
} from '../../shared/contract/schemas.ts';
import { encodeWavFloat32 } from '../audio/wav.ts';
import { opinionOf } from './opinion.ts';
import type { Stretch } from './protocol.ts';

/** The folder in the workspace; it says what the corpus is wherever it shows. */
export const RECORDINGS_NAME = 'Live recordings';

export interface SavedRecording extends Pick<LiveRecording, 'file' | 'seconds' | 'opinion'> {
  /** The corpus it belongs to. */
  readonly folder: string;
}

/**
 * Writes `live DATE TIME.wav`, the very samples as float32, and a JSON of the same name with the model's opinion and its
 * answer to every window. The name does not tell the opinion: who labels it may be blind to that.
 * @throws UserError BAD_INPUT where nothing was heard, UNREADABLE where the workspace cannot be written to
 */
export async function saveRecording(
  workspace: string,
  stretch: Stretch & { readonly sampleRateHz: number; readonly model: LiveModel },
  now = new Date(),
): Promise<SavedRecording> {
  const { samples, sampleRateHz, windows, fromSample, model } = stretch;
  if (samples.length === 0) throw new UserError('BAD_INPUT', 'Nothing has been heard yet.');
  const folder = path.join(workspace, RECORDINGS_NAME);
  const time = now.toISOString().replace('T', ' ').replaceAll(':', '-').slice(0, 23);
  const file = path.join(folder, `live ${time}.wav`);
  const opinion = opinionOf(windows, model.labels);
  const { runId, recipe, labelVersion, labels, asked } = model;
  const told: LiveRecordingFile = {
    kind: 'pathos-live-recording',
    version: LIVE_RECORDING_VERSION,
    recordedAt: now.toISOString(),
    ...{ sampleRateHz, samples: samples.length },
    unconfirmed: opinion,
    model: { runId, recipe, labelVersion, labels, model: model.model, asked },
    windowSamples: model.windowSamples,
    windows: windows.map(({ startSample, endSample, ...window }) => ({
      startSample: startSample - fromSample,
      endSample: endSample - fromSample,
      ...window,
    })),
  };
  try {
    await mkdir(folder, { recursive: true });
    await writeWhole(file.replace(/\.wav$/, '.json'), JSON.stringify(told));
    await writeWhole(file, encodeWavFloat32([samples], sampleRateHz));
  } catch (error) {
    throw new UserError('UNREADABLE', `${file} could not be written: ${(error as Error).message}`, {
      path: file,
    });
  }
  return { file, folder, seconds: samples.length / sampleRateHz, opinion };
}

/** The file appears whole or not at all. */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}
