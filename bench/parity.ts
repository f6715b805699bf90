// The classic MFCC of every EMO-DB file beside a live librosa; and of every nEMO file, which both resample.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Matrix } from '../shared/dsp/matrix.ts';
import { CLASSIC_RECIPE } from '../shared/recipe/recipe.ts';
import { computeFeatures } from '../main/features/features.ts';
import { compareMatrices, testCorpora } from '../scripts/golden/golden.ts';
import { ensurePython } from '../scripts/provision/python.ts';
import { run as runProgram } from '../scripts/provision/run.ts';

const MAX_DIFFERENCE = 1e-3;
/** Where both sides resample, by different filters: the mean over all values. */
const MAX_MEAN_RESAMPLED = 0.5;
const LIBROSA_MS = 15 * 60_000;
const SPEC = CLASSIC_RECIPE.features;

/**
 * Prints the largest difference to librosa over EMO-DB (its clips have the recipe's rate) against its
 * limit, the mean difference over nEMO after resampling against its own, and the time of both sides.
 *
 * @throws Error where the corpora or Python cannot be had
 */
export async function run(): Promise<boolean> {
  const corpora = testCorpora();
  if (!corpora) throw new Error('this benchmark needs EMO-DB and nEMO: set PATHOS_TEST_CORPORA');
  const { python } = await ensurePython('features');
  const emodb = await compareFolder(join(corpora, 'emodb', 'wav'), python);
  const same = report('EMO-DB, max absolute difference', emodb.max, MAX_DIFFERENCE);
  printTimes(emodb);
  const nemo = await compareFolder(join(corpora, 'nemo', 'samples'), python);
  const near = report('nEMO resampled, mean absolute difference', nemo.mean, MAX_MEAN_RESAMPLED);
  printTimes(nemo);
  return same && near;
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
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.wav'))
    .sort();
  const reference = await librosaFeatures(folder, python);
  await computeFeatures(join(folder, names[0]!), SPEC);
  const started = performance.now();
  const ours: Matrix[] = [];
  for (const name of names) ours.push(await computeFeatures(join(folder, name), SPEC));
  const ourSeconds = (performance.now() - started) / 1000;
  const frames = ours.map((matrix) => matrix.frames);
  if (frames.join() !== reference.frames.join()) throw new Error('frames of some clips differ from librosa');
  return {
    clips: names.length,
    ...compareMatrices(stack(ours), reference.matrix),
    ourSeconds,
    librosaSeconds: reference.seconds,
    librosaVersion: reference.version,
  };
}

interface Reference {
  /** Frames of each clip. */
  frames: number[];
  /** All clips below one another. */
  matrix: Matrix;
  seconds: number;
  version: string;
}

async function librosaFeatures(folder: string, python: string): Promise<Reference> {
  const scratch = mkdtempSync(join(tmpdir(), 'pathos-parity-'));
  try {
    const out = join(scratch, 'mfcc.bin');
    const script = join(import.meta.dirname, 'parity_librosa.py');
    // One thread, as on our side.
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    const child = await runProgram(python, [script, folder, out, String(SPEC.sampleRateHz)], {
      timeoutMs: LIBROSA_MS,
      env,
    });
    if (child.code !== 0) throw new Error(`librosa failed: ${child.failure} ${child.stderr}`);
    const said = JSON.parse(child.stdout) as { frames: number[]; seconds: number; librosa: string };
    const values = new Float32Array(Uint8Array.from(readFileSync(out)).buffer);
    const { coefficients } = SPEC;
    const matrix = { frames: values.length / coefficients, coefficients, values };
    return { frames: said.frames, matrix, seconds: said.seconds, version: said.librosa };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** All matrices below one another. */
function stack(matrices: readonly Matrix[]): Matrix {
  const frames = matrices.reduce((sum, matrix) => sum + matrix.frames, 0);
  const values = new Float32Array(frames * SPEC.coefficients);
  let at = 0;
  for (const matrix of matrices) {
    values.set(matrix.values, at);
    at += matrix.values.length;
  }
  return { frames, coefficients: SPEC.coefficients, values };
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
