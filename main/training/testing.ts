// What the tests of training and inference share: small corpora of tones, and the backends that are there.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { BackendName } from '../../shared/contract/schemas.ts';
import { createRandom } from '../../shared/metrics/random.ts';
import { inputShape } from '../../shared/recipe/columns.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { saveCorpus } from '../store/corpora.ts';
import { openStore, type Store } from '../store/database.ts';
import { finishIndex, writeClips } from '../store/indexing.ts';
import { probeBackends } from './backend.ts';
import type { TrainJob } from './protocol.ts';

/** The backends of this machine. With CI=true native TensorFlow must be among them. */
export async function availableBackends(): Promise<BackendName[]> {
  const { nativeMissing } = await probeBackends();
  if (!nativeMissing) return ['tensorflow', 'wasm'];
  if (process.env['CI'] === 'true')
    throw new Error(`Native TensorFlow must be tested: ${nativeMissing.reason} ${nativeMissing.command}`);
  console.error(`Tested on wasm only: native TensorFlow is missing (${nativeMissing.reason})`);
  return ['wasm'];
}

/** A network that trains in milliseconds. */
export const TINY_RECIPE: Recipe = {
  name: 'tiny',
  features: { ...CLASSIC_RECIPE.features, tracks: [{ type: 'mfcc', coefficients: 3, deltas: 0 }], frames: 5 },
  layers: [
    { type: 'lstm', units: 8, returnSequences: true },
    { type: 'lstm', units: 4, returnSequences: false },
    { type: 'dense', units: 4, activation: 'relu' },
  ],
  training: { ...CLASSIC_RECIPE.training, epochs: 3, batchSize: 8, learningRate: 0.01 },
};

/**
 * Small batches and many: a fold of the tones takes two seconds, in which it is paused or killed by whoever is held up
 * for one of them.
 */
export const STEADY_RECIPE: Recipe = {
  ...TINY_RECIPE,
  features: { ...TINY_RECIPE.features, frames: 500 },
  layers: [
    { type: 'lstm', units: 96, returnSequences: true },
    { type: 'lstm', units: 96, returnSequences: false },
  ],
  training: { ...TINY_RECIPE.training, learningRate: 1e-3, batchSize: 1, epochs: 6 },
};

/** 40 clips of 3 labels, the label's number added to noise; the last 10 are the test clips. */
export function tinyJob(changes: Partial<TrainJob> = {}): TrainJob {
  const random = createRandom(1, 'clips');
  const clips = 40;
  const { frames, coefficients } = inputShape(TINY_RECIPE.features);
  const size = frames * coefficients;
  const targets = Int32Array.from({ length: clips }, (_, i) => i % 3);
  const all = Int32Array.from({ length: clips }, (_, i) => i);
  return {
    recipe: TINY_RECIPE,
    labels: 3,
    features: Float32Array.from(
      { length: clips * size },
      (_, i) => targets[Math.floor(i / size)]! + random.normal(),
    ),
    targets,
    train: all.slice(0, 30),
    validation: new Int32Array(0),
    test: all.slice(30),
    seed: 1,
    fold: 0,
    epochs: TINY_RECIPE.training.epochs,
    backend: 'wasm',
    normalisation: null,
    checkpoint: null,
    ...changes,
  };
}

export interface ToneCorpus {
  readonly store: Store;
  readonly workspace: string;
  readonly corpusId: number;
  /** Where the WAVs are. */
  readonly folder: string;
  /** Adds another corpus of two speakers, and returns its id; its labels sound as those of the first do. */
  add(name: string, labels: readonly string[]): number;
}

/** Frequencies of the labels' tones, in Hz. */
const TONES: ReadonlyMap<string, number> = new Map([
  ['anger', 900],
  ['sadness', 150],
]);
const RATE_HZ = 22_050;
const SPEAKERS = 3;
const TAKES = 3;

/**
 * A workspace with an indexed corpus of real WAV files: each of three speakers says each of two labels three times, half a
 * second each. All of it is deleted when the test is over.
 * @param nameless leave the speakers out of the index
 * @param whenOver takes what deletes it; default: the end of the test that runs
 */
export function toneCorpus({
  nameless = false,
  whenOver = onTestFinished as (cleanUp: () => void) => void,
} = {}): ToneCorpus {
  const root = mkdtempSync(path.join(tmpdir(), 'pathos-training-'));
  const folder = path.join(root, 'corpus');
  mkdirSync(folder);
  const workspace = path.join(root, 'workspace');
  const store = openStore(path.join(workspace, 'studio.db'));
  whenOver(() => {
    store.close();
    rmSync(root, { recursive: true, force: true });
  });
  const names = Array.from({ length: SPEAKERS }, (_, s) => `s${s + 1}`);
  const corpusId = indexTones(store, folder, 'tones', names, [...TONES], nameless);
  return {
    store,
    workspace,
    corpusId,
    folder,
    add(name, labels) {
      const other = path.join(root, name);
      mkdirSync(other);
      const tones = labels.map((label, i) => [label, [...TONES.values()][i] ?? 400] as const);
      return indexTones(store, other, name, ['x1', 'x2'], tones, false);
    },
  };
}

function indexTones(
  store: Store,
  folder: string,
  name: string,
  speakers: readonly string[],
  tones: readonly (readonly [label: string, hz: number])[],
  nameless: boolean,
): number {
  const corpusId = saveCorpus(store, { folder, name, adapter: 'folders', synthetic: true, table: null });
  const writes = speakers
    .flatMap((speaker) =>
      tones.flatMap(([label, hz]) =>
        Array.from({ length: TAKES }, (_, take) => toneClip(folder, speaker, label, hz, take)),
      ),
    )
    .map((record) => ({
      known: undefined,
      record: { ...record, speaker: nameless ? null : record.speaker },
    }));
  writeClips(store, corpusId, writes, null);
  finishIndex(store, corpusId, []);
  return corpusId;
}

function toneClip(folder: string, speaker: string, label: string, hz: number, take: number) {
  const name = `${speaker}_${label}_${take}.wav`;
  const random = createRandom(take, name);
  const samples = Float32Array.from(
    { length: RATE_HZ / 2 },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / RATE_HZ) + 0.01 * random.normal(),
  );
  const bytes = encodeWavPcm16([samples], RATE_HZ);
  writeFileSync(path.join(folder, name), bytes);
  return {
    path: name,
    speaker,
    sex: null,
    utterance: null,
    text: null,
    take: String(take),
    label,
    durationSeconds: 0.5,
    sampleRateHz: RATE_HZ,
    channels: 1,
    encoding: 'PCM 16',
    audioDefect: null,
    opinion: null,
    nameDefect: null,
    sizeBytes: bytes.byteLength,
    modifiedMs: 0,
    contentHash: createHash('sha256').update(bytes).digest('hex'),
  };
}
