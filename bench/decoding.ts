// Decoding: 5,000 damaged files of all formats; and an hour of 48 kHz stereo read within 300 MB.
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openMono, readAudioHeader } from '../main/audio/decode.ts';
import { encodeWavPcm16 } from '../main/audio/wav.ts';
import type { Assignment, Report } from './_decoding-worker.ts';

const MUTATED_FILES = 5000;
const MAX_SECONDS = 2;
const MAX_MEGABYTES = 300;
const HOUR_SECONDS = 3600;

/** `--seed N` damages other bytes; `--count N` other than 5,000 files. */
export async function run(args: readonly string[]): Promise<boolean> {
  const option = (name: string, otherwise: number): number => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : Number(args[at + 1]);
  };
  const long = await hourLong();
  const damaged = await damagedFiles(option('--count', MUTATED_FILES), option('--seed', 1));
  return long && damaged;
}

async function damagedFiles(count: number, seed: number): Promise<boolean> {
  const folder = join(import.meta.dirname, '../main/audio/fixtures');
  const files = readdirSync(folder)
    .filter((name) => !name.endsWith('.ts'))
    .map((name) => join(folder, name));
  const workerData: Assignment = { files, count, seed };
  const worker = new Worker(join(import.meta.dirname, '_decoding-worker.ts'), { workerData });
  const tally = new Map<string, number>();
  const faults: string[] = [];
  let [current, done, slowest, most] = ['', 0, 0, 0];
  let begunAt = Infinity;
  let ended: string | undefined;
  worker.on('message', (report: Report) => {
    if (report.kind === 'begun') {
      current = `file ${report.index}: ${report.what}`;
      begunAt = performance.now();
      return;
    }
    begunAt = Infinity;
    done++;
    slowest = Math.max(slowest, report.seconds);
    if (report.fault) faults.push(`${current} ${report.fault}`);
    if (report.seconds > MAX_SECONDS) faults.push(`${current} took ${report.seconds.toFixed(1)} s`);
    const outcome = report.code ?? 'read';
    tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
  });
  worker.on('error', (error) => (ended ??= `crashed at ${current}: ${String(error)}`));
  worker.on('exit', (code) => (ended ??= code === 0 ? '' : `ended with ${code} at ${current}`));
  while (ended === undefined) {
    await wait(50);
    most = Math.max(most, process.memoryUsage.rss());
    if (performance.now() - begunAt > 1000 * MAX_SECONDS) {
      ended = `hung at ${current}`;
      await worker.terminate();
    }
  }
  if (ended) faults.push(ended);
  const outcomes = [...tally].sort((a, b) => b[1] - a[1]).map(([code, number]) => `${code} ${number}`);
  const megabytes = most / 2 ** 20;
  const kept = done === count && faults.length === 0 && megabytes <= MAX_MEGABYTES;
  console.log(`${done} damaged files of ${count}: ${outcomes.join(', ')}`);
  console.log(
    `  faults ${faults.length}, limit 0; slowest ${slowest.toFixed(2)} s, limit ${MAX_SECONDS}; ` +
      `memory ${megabytes.toFixed(0)} MB, limit ${MAX_MEGABYTES}: ${kept ? 'pass' : 'short'}`,
  );
  for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
  return kept;
}

/** Header and mono samples at 22.05 kHz of an hour of stereo, as they stream by. */
async function hourLong(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'pathos-hour-'));
  try {
    const path = join(folder, 'hour.wav');
    writeHour(path, 48_000);
    const started = performance.now();
    const { durationSeconds } = await readAudioHeader(path);
    const headerSeconds = (performance.now() - started) / 1000;
    let [samples, most] = [0, 0];
    const mono = await openMono(path, 22_050);
    for await (const block of mono) {
      samples += block.length;
      most = Math.max(most, process.memoryUsage.rss());
    }
    const seconds = (performance.now() - started) / 1000;
    const megabytes = most / 2 ** 20;
    const isWhole = samples === mono.frames && durationSeconds === HOUR_SECONDS;
    const kept = isWhole && megabytes <= MAX_MEGABYTES;
    console.log(
      `an hour of 48 kHz stereo: header ${(headerSeconds * 1000).toFixed(1)} ms, mixed and resampled in ` +
        `${seconds.toFixed(1)} s; memory ${megabytes.toFixed(0)} MB, limit ${MAX_MEGABYTES}: ${kept ? 'pass' : 'short'}`,
    );
    return kept;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeHour(path: string, rateHz: number): void {
  const second = [220, 330].map((hz) =>
    Float32Array.from({ length: rateHz }, (_, i) => 0.4 * Math.sin((2 * Math.PI * hz * i) / rateHz)),
  );
  const one = Buffer.from(encodeWavPcm16(second, rateHz));
  const samples = one.subarray(44);
  const dataBytes = samples.length * HOUR_SECONDS;
  one.writeUInt32LE(dataBytes + 36, 4);
  one.writeUInt32LE(dataBytes, 40);
  const file = openSync(path, 'w');
  try {
    writeSync(file, one, 0, 44);
    for (let count = 0; count < HOUR_SECONDS; count++) writeSync(file, samples);
  } finally {
    closeSync(file);
  }
}
