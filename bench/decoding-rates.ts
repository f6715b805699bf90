// Our resampling beside soxr HQ, librosa's default: level in the band, what is left beyond it, MFCC, and time.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resample } from '../main/audio/resample.ts';
import { decodeWav } from '../main/audio/wav.ts';
import { testCorpora } from '../scripts/golden/golden.ts';
import { ensurePython } from '../scripts/provision/python.ts';
import { run as runProgram } from '../scripts/provision/run.ts';

const TO_HZ = 22_050;
const FROM_HZ = [8_000, 16_000, 24_000, 44_100, 48_000];
const MAX_MEAN_MFCC = 0.5;
/** soxr HQ's own figures: flat to 0.913 of the lower Nyquist frequency, 20 bits beyond it. */
const MAX_RIPPLE_DB = 0.01;
const MAX_ALIAS_DB = -120;
const IN_BAND = [0.05, 0.3, 0.6, 0.8, 0.9];
const BEYOND = [1.0, 1.01, 1.05, 1.3, 1.6];
const LEVEL = 0.5;
/** Every tenth clip of nEMO is enough, and its samples serve for any rate. */
const CLIP_STEP = 10;
const SOXR_MS = 5 * 60_000;

/** @throws Error where nEMO or Python cannot be had */
export async function run(): Promise<boolean> {
  const corpora = testCorpora();
  if (!corpora) throw new Error('this benchmark needs nEMO: set PATHOS_TEST_CORPORA');
  const { python } = await ensurePython('features');
  const folder = join(corpora, 'nemo', 'samples');
  const clips = readdirSync(folder)
    .filter((name) => name.endsWith('.wav'))
    .sort()
    .filter((_, i) => i % CLIP_STEP === 0)
    .map((name) => decodeWav(readFileSync(join(folder, name)), name).channels[0]!);
  let kept = true;
  for (const fromHz of FROM_HZ) kept = (await compareRate(fromHz, clips, python)) && kept;
  return kept;
}

async function compareRate(fromHz: number, clips: readonly Float32Array[], python: string): Promise<boolean> {
  const scratch = mkdtempSync(join(tmpdir(), 'pathos-rates-'));
  try {
    const convert = (name: string, samples: Float32Array): Float32Array => {
      const output = resample(samples, fromHz, TO_HZ);
      writeFileSync(join(scratch, `${name}.in`), samples);
      writeFileSync(join(scratch, `${name}.out`), output);
      return output;
    };
    const lowNyquistHz = Math.min(fromHz, TO_HZ) / 2;
    const level = (part: number): number => {
      const hz = part * lowNyquistHz;
      const tone = Float32Array.from({ length: fromHz }, (_, i) => {
        return LEVEL * Math.sin((2 * Math.PI * hz * i) / fromHz + 1);
      });
      return decibels(rms(convert(`tone-${part}`, tone).subarray(2000, -2000)));
    };
    const ripple = Math.max(...IN_BAND.map((part) => Math.abs(level(part))));
    const heard = BEYOND.filter((part) => part * lowNyquistHz < fromHz / 2);
    const alias = fromHz > TO_HZ ? Math.max(...heard.map(level)) : undefined;
    clips.forEach((samples, index) => convert(`clip-${index}`, samples));
    const started = performance.now();
    for (const samples of clips) resample(samples, fromHz, TO_HZ);
    const seconds = (performance.now() - started) / 1000;
    const theirs = await soxr(scratch, fromHz, python);
    const kept =
      ripple <= MAX_RIPPLE_DB && (alias ?? -Infinity) <= MAX_ALIAS_DB && theirs.mean <= MAX_MEAN_MFCC;
    const soxrRipple = Math.max(...IN_BAND.map((part) => Math.abs(decibels(theirs.tones[`tone-${part}`]!))));
    const soxrAlias = Math.max(...heard.map((part) => decibels(theirs.tones[`tone-${part}`] ?? 0)));
    console.log(
      `${fromHz} to ${TO_HZ} Hz: ripple ${ripple.toFixed(4)} dB (soxr ${soxrRipple.toFixed(4)}), limit ${MAX_RIPPLE_DB}; ` +
        (alias === undefined
          ? ''
          : `aliases ${alias.toFixed(0)} dB (soxr ${soxrAlias.toFixed(0)}), limit ${MAX_ALIAS_DB}; `) +
        `MFCC differ by ${theirs.mean.toFixed(4)} (worst clip ${theirs.worst.toFixed(4)}), limit ${MAX_MEAN_MFCC}: ` +
        `${kept ? 'pass' : 'short'}`,
    );
    const perClip = [seconds, theirs.seconds].map((total) => ((1000 * total) / clips.length).toFixed(2));
    console.log(`  ${clips.length} clips, one thread: ours ${perClip[0]} ms a clip, soxr ${perClip[1]} ms`);
    return kept;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Theirs {
  mean: number;
  worst: number;
  seconds: number;
  /** Level of each tone, root mean square. */
  tones: Record<string, number>;
}

async function soxr(scratch: string, fromHz: number, python: string): Promise<Theirs> {
  const script = join(import.meta.dirname, 'decoding_soxr.py');
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = await runProgram(python, [script, scratch, String(fromHz), String(TO_HZ)], {
    timeoutMs: SOXR_MS,
    env,
  });
  if (child.code !== 0) throw new Error(`librosa failed: ${child.failure} ${child.stderr}`);
  return JSON.parse(child.stdout) as Theirs;
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Over the level of the tone that went in. */
function decibels(level: number): number {
  return 20 * Math.log10((level * Math.SQRT2) / LEVEL);
}
