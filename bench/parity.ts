// Features beside a live librosa: every one of the schema on clips of both corpora, the classic MFCC on all of them.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Matrix } from '../shared/dsp/matrix.ts';
import { columnNames } from '../shared/recipe/columns.ts';
import { CLASSIC_RECIPE } from '../shared/recipe/recipe.ts';
import { decodeAudioFile } from '../main/audio/decode.ts';
import { toMono } from '../main/audio/wav.ts';
import { computeFeatures } from '../main/features/features.ts';
import { compareMatrices, testCorpora } from '../scripts/golden/golden.ts';
import {
  compareTrack,
  DISCRETE_SHARE,
  GOLDEN_TRACKS,
  goldenColumns,
  ourTrack,
  TOLERANCE,
} from '../scripts/golden/tracks.ts';
import type { GoldenTrack, TrackDifference } from '../scripts/golden/tracks.ts';
import { ensurePython } from '../scripts/provision/python.ts';
import { run as runProgram } from '../scripts/provision/run.ts';

const MAX_DIFFERENCE = 1e-3;
/** Where both sides resample, by different filters: the mean over all values. */
const MAX_MEAN_RESAMPLED = 0.5;
const LIBROSA_MS = 15 * 60_000;
/** Clips of each corpus on which every feature is compared. */
const TRACK_CLIPS = 50;
const SPEC = CLASSIC_RECIPE.features;
const COEFFICIENTS = columnNames(SPEC).length;

/**
 * Prints, for every feature, how far it is from librosa on 50 clips of each corpus at their own rates; then the
 * largest difference of the classic MFCC over EMO-DB (its clips have the recipe's rate) against its limit, the
 * mean difference over nEMO after resampling against its own, and the time of both sides.
 *
 * @throws Error where the corpora or Python cannot be had
 */
export async function run(): Promise<boolean> {
  const corpora = testCorpora();
  if (!corpora) throw new Error('this benchmark needs EMO-DB and nEMO: set PATHOS_TEST_CORPORA');
  const { python } = await ensurePython('features');
  const folders = [join(corpora, 'emodb', 'wav'), join(corpora, 'nemo', 'samples')] as const;
  const tracks = await compareTracks(
    folders.flatMap((folder) => spread(folder, TRACK_CLIPS)),
    python,
  );
  const emodb = await compareFolder(folders[0], python);
  const same = report('EMO-DB, max absolute difference', emodb.max, MAX_DIFFERENCE);
  printTimes(emodb);
  const nemo = await compareFolder(folders[1], python);
  const near = report('nEMO resampled, mean absolute difference', nemo.mean, MAX_MEAN_RESAMPLED);
  printTimes(nemo);
  return tracks && same && near;
}

function wavNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.wav'))
    .sort();
}

/** `count` files, evenly spread over the folder's names. */
function spread(folder: string, count: number): string[] {
  const names = wavNames(folder);
  return Array.from({ length: count }, (_, i) =>
    join(folder, names[Math.floor(((i + 0.5) * names.length) / count)]!),
  );
}

async function compareTracks(files: readonly string[], python: string): Promise<boolean> {
  const reference = await librosaTracks(files, python);
  const totals = new Map(GOLDEN_TRACKS.map((track) => [track, { frames: 0, off: 0, worst: 0 }]));
  for (const [i, file] of files.entries()) {
    const { channels, sampleRateHz } = await decodeAudioFile(file);
    const samples = toMono(channels);
    for (const track of GOLDEN_TRACKS) {
      const ours = ourTrack(track, samples, sampleRateHz);
      const theirs = reference.matrix(i, track);
      if (typeof ours === 'string' || theirs === null) {
        throw new Error(
          `${track.name} of ${file}: ${String(ours)} here, ${theirs ? 'a matrix' : 'an error'} there`,
        );
      }
      addDifference(totals.get(track)!, compareTrack(track, ours, theirs));
    }
  }
  console.log(`every feature beside librosa ${reference.version}, ${files.length} clips at their own rates:`);
  // Not short-circuited: each prints its line.
  return [...totals].map(([track, total]) => reportTrack(track, total)).every(Boolean);
}

function addDifference(total: TrackDifference, { frames, off, worst }: TrackDifference): void {
  total.frames += frames;
  total.off += off;
  total.worst = Math.max(total.worst, worst);
}

function reportTrack({ name, discrete }: GoldenTrack, { frames, off, worst }: TrackDifference): boolean {
  const share = 1 - off / frames;
  const passed = discrete ? share >= DISCRETE_SHARE : worst <= TOLERANCE;
  const limit = discrete ? `limit ${100 * DISCRETE_SHARE} % of frames` : `limit ${TOLERANCE}`;
  console.log(
    `  ${name.padEnd(20)} worst ${worst.toExponential(1)} of its scale, ${(100 * share).toFixed(2)} % of ${frames} ` +
      `frames within ${TOLERANCE}, ${limit}: ${passed ? 'pass' : 'short'}`,
  );
  return passed;
}

interface TrackReference {
  version: string;
  /** Null where librosa raises. */
  matrix(file: number, track: GoldenTrack): Matrix | null;
}

async function librosaTracks(files: readonly string[], python: string): Promise<TrackReference> {
  const { said, values } = await librosa<{ librosa: string; tracks: string[]; frames: (number | null)[][] }>(
    python,
    'parity_tracks.py',
    (out) => [out, ...files],
  );
  const matrices = new Map<string, Matrix>();
  let at = 0;
  said.frames.forEach((row, file) =>
    GOLDEN_TRACKS.forEach((track, i) => {
      if (said.tracks[i] !== track.name) throw new Error('the two sides do not have the same features');
      const frames = row[i];
      if (frames === null || frames === undefined) return;
      const coefficients = goldenColumns(track);
      const length = frames * coefficients;
      matrices.set(`${file} ${track.name}`, {
        frames,
        coefficients,
        values: values.subarray(at, at + length),
      });
      at += length;
    }),
  );
  return {
    version: said.librosa,
    matrix: (file, { name }) => matrices.get(`${file} ${name}`) ?? null,
  };
}

/** Runs a Python script beside this file, one thread as on our side: its JSON, and the floats it wrote to `out`. */
async function librosa<Said>(
  python: string,
  script: string,
  args: (out: string) => string[],
): Promise<{ said: Said; values: Float32Array }> {
  const scratch = mkdtempSync(join(tmpdir(), 'pathos-parity-'));
  try {
    const out = join(scratch, 'values.bin');
    const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    const env = { ...process.env, ...threads, PYTHONDONTWRITEBYTECODE: '1' };
    const child = await runProgram(python, [join(import.meta.dirname, script), ...args(out)], {
      timeoutMs: LIBROSA_MS,
      env,
    });
    if (child.code !== 0) throw new Error(`librosa failed: ${child.failure} ${child.stderr}`);
    return {
      said: JSON.parse(child.stdout) as Said,
      values: new Float32Array(Uint8Array.from(readFileSync(out)).buffer),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Comparison {
  clips: number;
  max: number;
  mean: number;
  ourSeconds: number;
  librosaSeconds: number;
  librosaVersion: string;
}

async function compareFolder(folder: string, python: string): Promise<Comparison> {
  const names = wavNames(folder);
  const { said, values } = await librosa<{ frames: number[]; seconds: number; librosa: string }>(
    python,
    'parity_librosa.py',
    (out) => [folder, out, String(SPEC.sampleRateHz)],
  );
  await computeFeatures(join(folder, names[0]!), SPEC);
  const started = performance.now();
  const ours: Matrix[] = [];
  for (const name of names) ours.push(await computeFeatures(join(folder, name), SPEC));
  const ourSeconds = (performance.now() - started) / 1000;
  const frames = ours.map((matrix) => matrix.frames);
  if (frames.join() !== said.frames.join()) throw new Error('frames of some clips differ from librosa');
  const theirs = { frames: values.length / COEFFICIENTS, coefficients: COEFFICIENTS, values };
  return {
    clips: names.length,
    ...compareMatrices(stack(ours), theirs),
    ourSeconds,
    librosaSeconds: said.seconds,
    librosaVersion: said.librosa,
  };
}

/** All matrices below one another. */
function stack(matrices: readonly Matrix[]): Matrix {
  const frames = matrices.reduce((sum, matrix) => sum + matrix.frames, 0);
  const values = new Float32Array(frames * COEFFICIENTS);
  let at = 0;
  for (const matrix of matrices) {
    values.set(matrix.values, at);
    at += matrix.values.length;
  }
  return { frames, coefficients: COEFFICIENTS, values };
}

function report(what: string, figure: number, limit: number): boolean {
  const passed = figure <= limit;
  console.log(`${what}: ${figure.toExponential(2)}, limit ${limit}: ${passed ? 'pass' : 'short'}`);
  return passed;
}

function printTimes({ clips, ourSeconds, librosaSeconds, librosaVersion }: Comparison): void {
  const [ours, theirs] = [ourSeconds, librosaSeconds].map((seconds) => seconds.toFixed(2));
  const ratio = (ourSeconds / librosaSeconds).toFixed(2);
  console.log(
    `  ${clips} clips, one thread: ours ${ours} s, librosa ${librosaVersion} ${theirs} s, ratio ${ratio}`,
  );
}
