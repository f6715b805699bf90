// A soak of the Live room at real time: nothing missed, memory flat, no long task, latencies. `--minutes N --host electron|chromium`.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { CDPSession, Page } from '@playwright/test';
import { ALLOWED, fakeMicrophone, forgetLive, prepareLive } from '../e2e/fixtures/live.ts';
import { Studio } from '../e2e/fixtures/studio.ts';
import { withEngine } from '../main/cli/local-engine.ts';
import { percentileOf } from '../shared/metrics/metrics.ts';
import { prepareHosts } from './_hosts.ts';

const DEFAULT_MINUTES = 10;
const COMPUTE_P95_MS = 10;
const LATENCY_P95_MS = 150;
const ANSWERS_A_SECOND = 10;
const LONG_TASK_MS = 50;
const MEMORY_GROWTH = 0.05;
const SAMPLE_SECONDS = 10;
/** Code is compiled and caches are full by then; memory is flat from here on or never. */
const WARM_UP_SECONDS = 180;
/** Together a little longer than the pictures' half minute. */
const COLLECTIONS = 6;
const COLLECTION_PAUSE_MS = 6000;
/** Beyond the soak itself, for all that comes before and behind it: who starts it unattended gets an end. */
const SPARE_SECONDS = 600;
const HOSTS = ['chromium', 'electron'] as const;

const run_ = promisify(execFile);

interface Sample {
  readonly heapBytes: number;
  readonly engineBytes: number;
  readonly liveBytes: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly answers: number;
  readonly behindSeconds: number;
  readonly leftOut: number;
  readonly missed: number;
}

/** @throws Error where the host cannot be had, or the soak did not end in time */
export async function run(args: readonly string[]): Promise<boolean> {
  const { minutes, host } = readOptions(args);
  const seconds = minutes * 60;
  const hosts = await prepareHosts();
  const prepared = await prepareLive();
  const workspace = mkdtempSync(path.join(tmpdir(), 'pathos-bench-live-'));
  const studio = new Studio(host, workspace);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), (WARM_UP_SECONDS + seconds + SPARE_SECONDS) * 1000);
  try {
    cpSync(prepared.workspace, workspace, { recursive: true });
    const compute = await computeP95(workspace, prepared.microphone);
    const switches = [ALLOWED, ...fakeMicrophone(prepared.microphone)];
    const page = await studio.start({ switches });
    await listen(page);
    const heap = await page.context().newCDPSession(page);
    const pause = (ms: number): Promise<void> => wait(ms, undefined, { signal: limit.signal });
    await pause(WARM_UP_SECONDS * 1000);
    // What measuring itself puts into the page is there before the first figure.
    await Promise.all([sample(studio, page, heap), stagesOf(page)]);
    const heapBefore = await collected(heap);
    await watchLongTasks(page);
    const samples = [await sample(studio, page, heap)];
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      await pause(Math.min(SAMPLE_SECONDS * 1000, Math.max(0, until - performance.now())));
      samples.push(await sample(studio, page, heap));
    }
    return report({
      minutes,
      host,
      compute,
      samples,
      ...(await tasksAndStages(page)),
      heapBytes: [heapBefore, await collected(heap)],
      troubles: studio.troubles,
    });
  } finally {
    clearTimeout(timer);
    await studio.stop();
    hosts.stop();
    rmSync(workspace, { recursive: true, force: true });
    forgetLive(prepared);
  }
}

/** @throws Error naming what is wrong with them */
function readOptions(args: readonly string[]): { minutes: number; host: (typeof HOSTS)[number] } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: String(DEFAULT_MINUTES) },
      host: { type: 'string', default: HOSTS[0] },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes is a number above 0, not "${values.minutes}"`);
  const host = HOSTS.find((name) => name === values.host);
  if (!host) throw new Error(`--host is ${HOSTS.join(' or ')}, not "${values.host}"`);
  return { minutes, host };
}

/** Of the work for a voiced window, apart from page and transport. */
function computeP95(workspace: string, microphone: string): Promise<number> {
  return withEngine(workspace, async (client) => {
    const file = new File([readFileSync(microphone)], 'microphone.wav');
    const { windows } = await client.live.file({ runId: 1, file });
    const times = windows.filter(({ voiced }) => voiced).map(({ totalMs }) => totalMs);
    return percentileOf(times, 0.95);
  });
}

async function listen(page: Page): Promise<void> {
  await page
    .getByRole('banner')
    .getByText('clips')
    .waitFor({ timeout: 60_000 })
    .catch(() => undefined);
  await page.keyboard.press('Control+5');
  await page.getByRole('button', { name: /^Listen/ }).click();
  await page.getByText(/answers a second/).waitFor({ timeout: 60_000 });
}

async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: 'longtask',
    });
  });
}

async function sample(studio: Studio, page: Page, heap: CDPSession): Promise<Sample> {
  const { usedSize } = await heap.send('Runtime.getHeapUsage');
  const engine = await studio.enginePid();
  const { stdout } = await run_('pgrep', ['-P', String(engine), '-f', 'live']);
  const text = await inputText(page);
  const figure = (pattern: RegExp, otherwise = NaN): number => Number(pattern.exec(text)?.[1] ?? otherwise);
  return {
    heapBytes: usedSize,
    engineBytes: residentBytes(engine),
    liveBytes: residentBytes(Number(stdout.trim().split('\n')[0])),
    p50Ms: figure(/Median\s+(\d+) ms/),
    p95Ms: figure(/p95 (\d+) ms/),
    answers: figure(/(\d+) answers a second/),
    behindSeconds: figure(/behind the clock\s+([\d.−-]+) s/),
    leftOut: figure(/(\d+) answers left out/, 0),
    missed: figure(/(\d+) samples missed/, 0),
  };
}

/**
 * What collections leave, the least of some: the pictures hold the answers of half a minute, of which voiced ones are
 * larger. A collection is the longest task of the page: before and behind the soak, not in it.
 */
async function collected(heap: CDPSession): Promise<number> {
  const left: number[] = [];
  for (let i = 0; i < COLLECTIONS; i++) {
    if (i > 0) await wait(COLLECTION_PAUSE_MS);
    await heap.send('HeapProfiler.collectGarbage');
    left.push((await heap.send('Runtime.getHeapUsage')).usedSize);
  }
  return Math.min(...left);
}

const inputText = (page: Page): Promise<string> =>
  page.getByRole('complementary', { name: 'Input' }).innerText();

interface Ending {
  /** Of the page, since the warm-up, in milliseconds. */
  readonly longTasks: readonly number[];
  /** The room's own medians of the last answers. */
  readonly stages: readonly string[];
}

async function tasksAndStages(page: Page): Promise<Ending> {
  const longTasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  return { longTasks, stages: await stagesOf(page) };
}

async function stagesOf(page: Page): Promise<string[]> {
  const rows = await page.locator('dl.times > *').allInnerTexts();
  return rows.flatMap((row, i) => (i % 2 === 0 ? [`${row} ${rows[i + 1]}`] : []));
}

function residentBytes(processId: number): number {
  const [, kilobytes = 'NaN'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

interface Outcome extends Ending {
  readonly minutes: number;
  readonly host: string;
  readonly compute: number;
  readonly samples: readonly Sample[];
  /** Of the page, before the soak and behind it. */
  readonly heapBytes: readonly [number, number];
  readonly troubles: readonly string[];
}

interface Row {
  readonly what: string;
  readonly figure: string;
  /** Empty where a figure is told and not judged. */
  readonly limit: string;
  readonly kept: boolean;
}

function report(outcome: Outcome): boolean {
  const { minutes, host, stages, troubles } = outcome;
  const rows = [...speedRows(outcome), ...memoryRows(outcome)];
  console.log(`${minutes} minutes at real time in ${host}, ${outcome.samples.length} samples`);
  console.log(`stages, medians of the last answers: ${stages.join(', ')}`);
  const width = (of: (row: Row) => string): number => Math.max(...rows.map((row) => of(row).length));
  const [what, figure, limit] = [
    width((row) => row.what),
    width((row) => row.figure),
    width((row) => row.limit),
  ];
  for (const row of rows) {
    const verdict = row.limit === '' ? '' : row.kept ? 'pass' : 'short';
    const line = [row.what.padEnd(what), row.figure.padStart(figure), row.limit.padEnd(limit), verdict];
    console.log(line.join('  ').trimEnd());
  }
  for (const trouble of troubles) console.log(`the page said: ${trouble}`);
  return rows.every(({ kept }) => kept) && troubles.length === 0;
}

/** A figure that is at most, or at least, its limit. */
function judged(what: string, figure: number, unit: string, limit: number, atLeast = false): Row {
  return {
    what,
    figure: `${Number(figure.toFixed(2))}${unit}`,
    limit: `${atLeast ? 'at least' : 'at most'} ${limit}${unit}`,
    kept: atLeast ? figure >= limit : figure <= limit,
  };
}

const told = (what: string, figure: string): Row => ({ what, figure, limit: '', kept: true });

function speedRows({ compute, samples, longTasks }: Outcome): Row[] {
  const of = (name: keyof Sample): number[] => samples.map((one) => one[name]);
  const grown = (name: keyof Sample): number => samples.at(-1)![name] - samples[0]![name];
  const middle = (name: keyof Sample): number => percentileOf(of(name), 0.5);
  return [
    judged('compute of an update, p95', compute, ' ms', COMPUTE_P95_MS),
    told('capture to paint, p50 (middle of the samples)', `${middle('p50Ms')} ms`),
    judged('capture to paint, p95 (middle of the samples)', middle('p95Ms'), ' ms', LATENCY_P95_MS),
    told('capture to paint, p95 (worst sample)', `${Math.max(...of('p95Ms'))} ms`),
    judged('updates a second (middle of the samples)', middle('answers'), '', ANSWERS_A_SECOND, true),
    told('updates a second (lowest twentieth)', `${percentileOf(of('answers'), 0.05)}`),
    told('updates left out', `${grown('leftOut')}`),
    judged('samples missed', grown('missed'), '', 0),
    // The clock of the device, and in a fake one the load of the machine: updates cannot come faster than their sound.
    told('sound behind the clock, growth', `${grown('behindSeconds').toFixed(2)} s`),
    judged('longest task of the page', Math.max(0, ...longTasks), ' ms', LONG_TASK_MS),
    told('tasks over 50 ms', `${longTasks.length}`),
  ];
}

/** Of each quarter the lowest: what collections leave that nobody asked for; of the page's heap what those left that were. */
function memoryRows({ samples, heapBytes }: Outcome): Row[] {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const lowest = (some: readonly Sample[], name: keyof Sample): number =>
    Math.min(...some.map((one) => one[name]));
  const ofQuarters = (name: keyof Sample): readonly [number, number] => [
    lowest(samples.slice(0, quarter), name),
    lowest(samples.slice(-quarter), name),
  ];
  const grown = (words: string, [first, last]: readonly [number, number]): Row[] => [
    told(words, `${megabytes(first)}, ${megabytes(last)}`),
    judged(`${words}: growth`, (100 * (last - first)) / first, ' %', 100 * MEMORY_GROWTH),
  ];
  const [first, last] = ofQuarters('heapBytes');
  return [
    ...grown('page heap collected, before and after', heapBytes),
    told('page heap, first and last quarter', `${megabytes(first)}, ${megabytes(last)}`),
    ...grown('engine, first and last quarter', ofQuarters('engineBytes')),
    ...grown('live process, first and last quarter', ofQuarters('liveBytes')),
  ];
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
