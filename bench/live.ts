// A soak of the Live room at real time: nothing missed, memory flat, no long task, latencies. Minutes as argument, default 10.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CDPSession, Page } from '@playwright/test';
import { ALLOWED, fakeMicrophone, forgetLive, prepareLive } from '../e2e/fixtures/live.ts';
import { Studio } from '../e2e/fixtures/studio.ts';
import { withEngine } from '../main/cli/local-engine.ts';
import { ensureChromium } from '../scripts/provision/chromium.ts';
import { percentileOf } from '../shared/metrics/metrics.ts';

const DEFAULT_MINUTES = 10;
const COMPUTE_P95_MS = 10;
const LATENCY_P95_MS = 150;
const ANSWERS_A_SECOND = 10;
const LONG_TASK_MS = 50;
const MEMORY_GROWTH = 0.05;
const SAMPLE_SECONDS = 10;
/** Code is compiled and caches are full by then; memory is flat from here on or never. */
const WARM_UP_SECONDS = 60;

const run_ = promisify(execFile);

interface Sample {
  readonly heapBytes: number;
  readonly engineBytes: number;
  readonly liveBytes: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly answers: number;
}

/** @throws Error where no Chromium can be had */
export async function run([minutes = String(DEFAULT_MINUTES)]: readonly string[]): Promise<boolean> {
  const seconds = Number(minutes) * 60;
  if (!(seconds > 0)) throw new Error(`"${minutes}" is no number of minutes`);
  const chromium = await ensureChromium();
  if (!chromium.ok) throw new Error(`This benchmark needs a Chromium: ${chromium.reason}`);
  process.env['PATHOS_CHROMIUM'] = chromium.path;
  process.env['PATHOS_NODE'] ??= process.execPath;
  const prepared = await prepareLive();
  const workspace = mkdtempSync(path.join(tmpdir(), 'pathos-bench-live-'));
  const studio = new Studio('chromium', workspace);
  try {
    cpSync(prepared.workspace, workspace, { recursive: true });
    const compute = await computeP95(workspace, prepared.microphone);
    const switches = [ALLOWED, ...fakeMicrophone(prepared.microphone)];
    const page = await studio.start({ switches });
    await listen(page);
    const heap = await page.context().newCDPSession(page);
    await page.waitForTimeout(WARM_UP_SECONDS * 1000);
    await watchLongTasks(page);
    const samples: Sample[] = [];
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      samples.push(await sample(studio, page, heap));
      await page.waitForTimeout(SAMPLE_SECONDS * 1000);
    }
    return await report({ minutes, compute, samples, page, troubles: studio.troubles });
  } finally {
    await studio.stop();
    rmSync(workspace, { recursive: true, force: true });
    forgetLive(prepared);
  }
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
  const text = await page.getByRole('complementary', { name: 'Input' }).innerText();
  const figure = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NaN);
  return {
    heapBytes: usedSize,
    engineBytes: residentBytes(engine),
    liveBytes: residentBytes(Number(stdout.trim().split('\n')[0])),
    p50Ms: figure(/Median\s+(\d+) ms/),
    p95Ms: figure(/p95 (\d+) ms/),
    answers: figure(/(\d+) answers a second/),
  };
}

function residentBytes(processId: number): number {
  const [, kilobytes = 'NaN'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

interface Outcome {
  readonly minutes: string;
  readonly compute: number;
  readonly samples: readonly Sample[];
  readonly page: Page;
  readonly troubles: readonly string[];
}

async function report({ minutes, compute, samples, page, troubles }: Outcome): Promise<boolean> {
  const longTasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  const text = await page.getByRole('complementary', { name: 'Input' }).innerText();
  const [, dropped = '0', missed = '0'] = /(\d+) answers left out, (\d+) samples missed/.exec(text) ?? [];
  const of = (name: keyof Sample): number[] => samples.map((one) => one[name]);
  let kept = true;
  const line = (what: string, figure: number, unit: string, limit: number, atLeast = false): void => {
    const pass = atLeast ? figure >= limit : figure <= limit;
    kept &&= pass;
    const bound = `${atLeast ? 'at least' : 'limit'} ${limit}${unit}`;
    console.log(`${what}: ${Number(figure.toFixed(2))}${unit}, ${bound}: ${pass ? 'pass' : 'short'}`);
  };
  console.log(`${minutes} minutes at real time, ${samples.length} samples`);
  line('compute of an update, p95', compute, ' ms', COMPUTE_P95_MS);
  line('capture to paint, p95 (median over the soak)', percentileOf(of('p95Ms'), 0.5), ' ms', LATENCY_P95_MS);
  console.log(`capture to paint, p50 (median over the soak): ${percentileOf(of('p50Ms'), 0.5)} ms`);
  line('updates a second (lowest twentieth)', percentileOf(of('answers'), 0.05), '', ANSWERS_A_SECOND, true);
  line('samples missed', Number(missed), '', 0);
  console.log(`updates left out: ${dropped}`);
  line('longest task of the page', Math.max(0, ...longTasks), ' ms', LONG_TASK_MS);
  for (const [name, words] of [
    ['heapBytes', 'page heap'],
    ['engineBytes', 'engine'],
    ['liveBytes', 'live process'],
  ] as const) {
    const values = of(name);
    const third = Math.max(1, Math.floor(values.length / 3));
    // The lowest: what a collection leaves. Asking for one would be the longest task of the page.
    const [first, last] = [Math.min(...values.slice(0, third)), Math.min(...values.slice(-third))];
    console.log(`${words}: ${megabytes(first)} at first, ${megabytes(last)} at last`);
    line(`${words}, growth`, (100 * (last - first)) / first, ' %', 100 * MEMORY_GROWTH);
  }
  for (const trouble of troubles) console.log(`the page said: ${trouble}`);
  return kept && troubles.length === 0;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
