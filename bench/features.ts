// Features beside librosa in the same run: one thread each, then all cores; the pool; the cache.
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createExtractor } from '../shared/dsp/extractor.ts';
import { featurePath } from '../shared/dsp/kernel/analysis.ts';
import { createFastExtractor } from '../shared/dsp/kernel/extractor.ts';
import { percentileOf } from '../shared/metrics/metrics.ts';
import { CLASSIC_RECIPE } from '../shared/recipe/recipe.ts';
import { loadMono } from '../main/audio/decode.ts';
import { giveFloats } from '../main/audio/spare.ts';
import { createClipExtractor } from '../main/features/extract.ts';
import { extractAll, featureHash } from '../main/features/features.ts';
import { FeaturePool } from '../main/features/pool.ts';
import { openStore } from '../main/store/database.ts';
import { featureStore } from '../main/store/features.ts';
import { measureHour } from './_hour.ts';
import { testCorpora } from '../scripts/golden/golden.ts';
import { ensurePython } from '../scripts/provision/python.ts';

const SPEC = CLASSIC_RECIPE.features;
const HASH = featureHash(SPEC);
const MAX_DIFFERENCE = 1e-3;
/** Where both sides resample, by different filters: the mean over all values. */
const MAX_MEAN_RESAMPLED = 0.5;
const LIBROSA_RATIO = 10;
const TWO_WORKERS_RATIO = 1.8;
const RELOAD_RATIO = 20;
const RELOADED_CLIPS = 10_000;
/** Clips of one measurement of the pool: long enough that its ends don't count. */
const POOL_CLIPS = 4000;
/** Cores that two workers must have had for a round to count. */
const FREE_CORES = 1.8;
const MAX_POOL_ROUNDS = 40;
/** Most of our runs in a row in one measurement. */
const MAX_RUNS = 8;
const COPY_RATE_HZ = 48_000;

type Answer = Record<string, unknown>;

/** Keeps one Python with librosa, so that both sides take turns. */
class Librosa {
  readonly #child;
  readonly #lines: AsyncIterator<string>;

  constructor(python: string) {
    const script = join(import.meta.dirname, 'features_librosa.py');
    // One thread a process: numpy's libraries would take all cores.
    const one = {
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
      MKL_NUM_THREADS: '1',
      NUMBA_NUM_THREADS: '1',
    };
    this.#child = spawn(python, [script, String(SPEC.sampleRateHz)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...one },
    });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async answer(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('librosa ended early');
    return JSON.parse(value) as Answer;
  }

  ask(...request: unknown[]): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  async seconds(folder: string, processes: number): Promise<number> {
    return (await this.ask('run', folder, processes))['seconds'] as number;
  }

  async close(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    const limit = setTimeout(() => this.#child.kill(), 5000);
    await closed;
    clearTimeout(limit);
  }
}

/**
 * `npm run bench -- features [--rounds N] [--skip-copy]`; true where every limit was kept. Ratios are medians over rounds in which
 * both sides run one after the other, for the machine's other work comes and goes.
 *
 * @throws Error where the corpora or Python cannot be had
 */
export async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '5' }, 'skip-copy': { type: 'boolean', default: false } },
  });
  const rounds = Number(values.rounds);
  const corpora = testCorpora();
  if (!corpora) throw new Error('this benchmark needs EMO-DB: set PATHOS_TEST_CORPORA');
  const { python } = await ensurePython('features');
  const scratch = mkdtempSync(join(tmpdir(), 'pathos-features-'));
  const librosa = new Librosa(python);
  try {
    const cores = availableParallelism();
    console.log(
      `librosa ${String((await librosa.answer())['librosa'])}; path ${featurePath(SPEC)}; ${cores} cores`,
    );
    const emodb = join(corpora, 'emodb', 'wav');
    const results = [
      await compare('EMO-DB', emodb, librosa, rounds),
      await compareParity('EMO-DB', emodb, librosa, { measure: 'max', limit: MAX_DIFFERENCE }),
      await compareWorkers(emodb, rounds),
      await compareReload(emodb, scratch, rounds),
      measureHour(scratch),
    ];
    if (!values['skip-copy']) {
      const copy = join(scratch, 'wav48');
      mkdirSync(copy);
      await librosa.ask('copy', emodb, copy, COPY_RATE_HZ);
      const name = 'EMO-DB at 48 kHz';
      results.push(await compare(name, copy, librosa, rounds));
      results.push(await compareParity(name, copy, librosa, { measure: 'mean', limit: MAX_MEAN_RESAMPLED }));
    }
    const peak = process.resourceUsage().maxRSS / 1024;
    const theirs = (await librosa.ask('memory'))['megabytes'] as number;
    console.log(
      `peak memory: ours ${peak.toFixed(0)} MB with all pools and matrices, librosa ${theirs.toFixed(0)} MB`,
    );
    await profile(emodb);
    return results.every(Boolean);
  } finally {
    await librosa.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function wavs(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.wav'));
  return names.sort().map((name) => join(folder, name));
}

/** Seconds of one of `runs` in a row. */
async function timed(work: () => unknown, runs = 1): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < runs; i++) await work();
  return (performance.now() - started) / 1000 / runs;
}

const median = (values: readonly number[]): number => percentileOf(values, 0.5);

/** `figure` of at least `limit`. */
function reach(what: string, figures: readonly number[], limit: number): boolean {
  const figure = median(figures);
  const all = figures.map((value) => value.toFixed(1)).join(' ');
  console.log(
    `${what}: ${figure.toFixed(2)}x (${all}), limit ${limit}: ${figure >= limit ? 'pass' : 'short'}`,
  );
  return figure >= limit;
}

/** Load and MFCC of a folder by one thread each, then by all cores; the limit is the one thread's. */
async function compare(name: string, folder: string, librosa: Librosa, rounds: number): Promise<boolean> {
  const paths = wavs(folder);
  const cores = availableParallelism();
  const extractor = createClipExtractor(SPEC);
  const alone = async (): Promise<void> => {
    for (const path of paths) await extractor(path);
  };
  const pool = new FeaturePool(cores);
  try {
    // Both sides warm: compiled, threads and processes started, files in the page cache.
    const ourWarmUp = await timed(alone);
    await poolRun(pool, paths);
    const theirWarmUp = await librosa.seconds(folder, cores);
    // A run of about their length hears as much of the machine's other work as theirs.
    const ourRuns = Math.max(1, Math.min(MAX_RUNS, Math.round(theirWarmUp / ourWarmUp)));
    const single: [number, number][] = [];
    const all: [number, number][] = [];
    for (let round = 0; round < rounds; round++) {
      single.push([await timed(alone, ourRuns), await librosa.seconds(folder, 1)]);
      all.push([await timed(() => poolRun(pool, paths), ourRuns), await librosa.seconds(folder, cores)]);
    }
    const ratios = (pairs: [number, number][]): number[] => pairs.map(([ours, theirs]) => theirs / ours);
    const times = (pairs: [number, number][]): string =>
      `${median(pairs.map(([ours]) => ours)).toFixed(3)} s beside ${median(pairs.map(([, theirs]) => theirs)).toFixed(2)} s`;
    console.log(`${name}, ${paths.length} clips: one thread ${times(single)}, ${cores} cores ${times(all)}`);
    const passed = reach(`${name}, one thread, beside librosa`, ratios(single), LIBROSA_RATIO);
    console.log(`${name}, ${cores} cores, beside librosa: ${median(ratios(all)).toFixed(2)}x (no limit)`);
    return passed;
  } finally {
    await pool.close();
  }
}

function poolRun(pool: FeaturePool, paths: readonly string[]): Promise<void> {
  return pool.extract({
    paths,
    spec: SPEC,
    featureHash: HASH,
    onResults: (results) => {
      for (const { result } of results) if ('defect' in result) throw new Error(result.defect);
    },
  });
}

interface ParityLimit {
  measure: 'max' | 'mean';
  limit: number;
}

async function compareParity(
  name: string,
  folder: string,
  librosa: Librosa,
  { measure, limit }: ParityLimit,
): Promise<boolean> {
  const out = join(tmpdir(), `pathos-features-${process.pid}.bin`);
  const { frames } = (await librosa.ask('keep', folder, out)) as { frames: number[] };
  const theirs = new Float32Array(Uint8Array.from(readFileSync(out)).buffer);
  rmSync(out);
  const extractor = createClipExtractor(SPEC);
  let at = 0;
  let max = 0;
  let sum = 0;
  for (const [i, path] of wavs(folder).entries()) {
    const matrix = await extractor(path);
    if (matrix.frames !== frames[i])
      throw new Error(`${path}: ${matrix.frames} frames, librosa ${frames[i]}`);
    for (const value of matrix.values) {
      const gap = Math.abs(value - theirs[at++]!);
      if (!(gap <= max)) max = gap;
      sum += gap;
    }
  }
  const figure = measure === 'max' ? max : sum / at;
  const passed = figure <= limit;
  console.log(
    `${name}, ${measure} absolute difference from librosa: ${figure.toExponential(2)}, limit ${limit}: ${passed ? 'pass' : 'short'}`,
  );
  return passed;
}

/**
 * The same clips by a pool of one thread and of two. Where other work holds a core, two threads cannot be twice as
 * fast: only rounds count in which the two had their cores.
 */
async function compareWorkers(folder: string, rounds: number): Promise<boolean> {
  const files = wavs(folder);
  const paths = Array.from({ length: POOL_CLIPS }, (_, i) => files[i % files.length]!);
  const [one, two] = [new FeaturePool(1), new FeaturePool(2)];
  try {
    for (const pool of [one, two]) await poolRun(pool, paths);
    const ratios: number[] = [];
    let tried = 0;
    while (ratios.length < rounds && tried++ < MAX_POOL_ROUNDS) {
      const single = await timed(() => poolRun(one, paths));
      const start = process.cpuUsage();
      const shared = await timed(() => poolRun(two, paths));
      const { user, system } = process.cpuUsage(start);
      if ((user + system) / 1e6 / shared >= FREE_CORES) ratios.push(single / shared);
    }
    if (ratios.length < rounds) {
      console.log(
        `two workers: the machine was too busy, ${ratios.length} of ${tried} rounds had ${FREE_CORES} cores`,
      );
    }
    if (ratios.length === 0) return false;
    return reach('two workers beside one', ratios, TWO_WORKERS_RATIO);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
}

/** Matrices of clips of their own content hash, out of the workspace's database, beside computing them in one thread. */
async function compareReload(folder: string, scratch: string, rounds: number): Promise<boolean> {
  const files = wavs(folder);
  const clips = Array.from({ length: RELOADED_CLIPS }, (_, i) => ({
    path: files[i % files.length]!,
    contentHash: createHash('sha256').update(String(i)).digest('hex'),
  }));
  const store = openStore(join(scratch, 'workspace.db'));
  try {
    const cache = featureStore(store);
    const first = await timed(() => extractAll(clips, SPEC, { cache, workers: 1 }));
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const computed = await timed(() => extractAll(clips, SPEC, { workers: 1 }));
      const reloaded = await timed(() => extractAll(clips, SPEC, { cache, workers: 1 }));
      ratios.push(computed / reloaded);
    }
    console.log(`${RELOADED_CLIPS} clips computed and stored in ${first.toFixed(2)} s by one worker`);
    return reach(`reload of ${RELOADED_CLIPS} clips beside computing`, ratios, RELOAD_RATIO);
  } finally {
    store.close();
  }
}

/** Where the time of one thread goes, a clip's share in microseconds, the least of some rounds. */
async function profile(folder: string): Promise<void> {
  const paths = wavs(folder);
  const samples = await Promise.all(paths.map((path) => loadMono(path, SPEC.sampleRateHz)));
  const plain = createExtractor(SPEC);
  const fast = createFastExtractor(SPEC);
  const parts: [string, () => unknown][] = [
    ['reading', () => paths.forEach((path) => readFileSync(path))],
    [
      'reading and decoding',
      async () => {
        for (const path of paths) giveFloats(await loadMono(path, SPEC.sampleRateHz));
      },
    ],
    ['MFCC', () => samples.forEach((clip) => fast(clip))],
    ['MFCC in TypeScript', () => samples.forEach((clip) => plain(clip))],
  ];
  const shares: string[] = [];
  for (const [name, work] of parts) {
    const seconds: number[] = [];
    for (let i = 0; i < 5; i++) seconds.push(await timed(work));
    shares.push(`${name} ${((Math.min(...seconds) / paths.length) * 1e6).toFixed(0)}`);
  }
  console.log(`a clip's microseconds: ${shares.join(', ')}`);
}
