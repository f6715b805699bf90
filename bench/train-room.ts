// The Train room under load: fifty runs of 300 epochs and 10 folds over one that streams, its long tasks and its memory.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type CDPSession, type Page } from '@playwright/test';
import { createRandom } from '../shared/metrics/random.ts';
import { CLASSIC_RECIPE, type Recipe } from '../shared/recipe/recipe.ts';
import { withEngine } from '../main/cli/local-engine.ts';
import { openStore } from '../main/store/database.ts';
import { finishRun, insertRun, saveEpoch, setFoldState, type NewRun } from '../main/store/runs.ts';

const RUNS = 50;
const FOLDS = 10;
const EPOCHS = 300;
const UPDATES = 10_000;
/** Memory is first read after so many: by then every path has run. */
const WARM_UPDATES = 1000;
const LIMIT_TASK_MS = 50;
const LIMIT_UPDATES_PER_SECOND = 20;
/** What a heap may grow by and still count as flat: the epochs that the run itself has gained, and noise. */
const LIMIT_GROWTH_MB = 4;
const GIVE_UP_MS = 15 * 60_000;
const ROOT = path.join(import.meta.dirname, '..');

/** Small, so that updates come fast, and large enough that the run outlasts the count of them on a fast machine. */
const STREAMED: Recipe = {
  ...CLASSIC_RECIPE,
  name: 'streamed',
  features: { ...CLASSIC_RECIPE.features, frames: 24 },
  layers: [{ type: 'lstm', units: 24, returnSequences: false }],
  training: { ...CLASSIC_RECIPE.training, epochs: EPOCHS, batchSize: 1 },
};

/**
 * Needs the built studio (`npm run build`) and a Chromium named by PATHOS_CHROMIUM.
 * @param args `[updates]` instead of 10,000
 */
export async function run(args: readonly string[]): Promise<boolean> {
  const updates = Number(args[0] ?? UPDATES);
  const executablePath = process.env['PATHOS_CHROMIUM'];
  if (!executablePath) throw new Error('PATHOS_CHROMIUM must name a Chromium');
  const workspace = mkdtempSync(path.join(tmpdir(), 'pathos-train-room-'));
  let server: ChildProcess | null = null;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    await fill(workspace);
    const started = await serve(workspace);
    server = started.server;
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    return await measure(page, started.url, updates);
  } finally {
    await browser.close();
    server?.kill('SIGTERM');
    if (server) await new Promise((resolve) => server?.once('exit', resolve));
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Fifty finished runs, by the store's own functions, and one that waits to be resumed. */
async function fill(workspace: string): Promise<void> {
  const { corpusId, runId } = await withEngine(workspace, async (client) => {
    let corpusId = 0;
    for await (const event of await client.corpora.openDemo())
      if (event.type === 'done') corpusId = event.summary.corpusId;
    const { runId } = await client.runs.start({
      corpusId,
      recipe: STREAMED,
      split: { name: 'random-k-fold', folds: FOLDS },
      backend: 'wasm',
      foldsInParallel: 1,
      threads: 1,
    });
    await client.runs.pause({ runId });
    await client.engine.saveSettings({ lastCorpusId: corpusId });
    return { corpusId, runId };
  });
  const store = openStore(path.join(workspace, 'studio.db'));
  try {
    for (let i = 0; i < RUNS; i += 1) store.transaction(() => addRun(store, corpusId, i));
    console.log(`${RUNS} runs of ${FOLDS} folds and ${EPOCHS} epochs beside run ${runId}`);
  } finally {
    store.close();
  }
}

function addRun(store: ReturnType<typeof openStore>, corpusId: number, index: number): void {
  const run: NewRun = {
    ...{ corpusId, corpusName: 'Demo corpus', synthetic: true, seed: index },
    recipe: { ...CLASSIC_RECIPE, training: { ...CLASSIC_RECIPE.training, epochs: EPOCHS } },
    split: { name: 'random-k-fold', folds: FOLDS },
    ...{ backend: 'wasm', path: 'stock', foldsInParallel: 1, threads: 1 },
    labels: ['anger', 'sadness'],
    labelVersion: { version: 1, hash: '' },
    versions: { studio: '', node: '', platform: '' },
  };
  const folds = Array.from({ length: FOLDS }, (_, fold) => ({
    index: fold,
    ...{ heldOutSpeakers: [], validationSpeakers: [], roles: new Uint8Array() },
    ...{ trainClips: 96, validationClips: 0, testClips: 12, duplicatesLeftOut: 0 },
  }));
  const runId = insertRun(store, run, folds, []);
  const random = createRandom(index, 'train-room');
  for (let fold = 0; fold < FOLDS; fold += 1) {
    for (let epoch = 1; epoch <= EPOCHS; epoch += 1) {
      const loss = 1.6 * Math.exp(-epoch / 90) + 0.2 * random.uniform();
      const accuracy = 1 - loss / 2.2;
      saveEpoch(store, runId, fold, {
        ...{ epoch, loss, accuracy, seconds: 0.4 },
        ...{ heldOutLoss: loss + 0.3, heldOutAccuracy: Math.max(0, accuracy - 0.1) },
      });
    }
    setFoldState(store, runId, fold, 'done');
  }
  const none = { accuracy: null, accuracyInterval: null, uar: null, uarInterval: null };
  finishRun(store, runId, { state: 'done', seconds: 1200, message: null, scores: none });
}

async function serve(workspace: string): Promise<{ server: ChildProcess; url: string }> {
  const entry = path.join(ROOT, 'dist/engine/serve.js');
  if (!existsSync(entry)) throw new Error('the studio is not built: npm run build');
  const server = spawn(process.execPath, [entry, '--no-open'], {
    env: { ...process.env, PATHOS_WORKSPACE: workspace },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the studio ended with ${code}`)));
    server.stdout.on('data', (text: Buffer) => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/.exec(text.toString()) ?? [];
      if (found) resolve(found);
    });
  });
  return { server, url };
}

async function measure(page: Page, url: string, updates: number): Promise<boolean> {
  let received = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const text = payload.toString();
      if (text.includes('"batch"') || text.includes('"heldOutLoss"')) received += 1;
    }),
  );
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: 'longtask',
    });
  });
  await page.goto(url);
  await page.getByRole('banner').getByText('120 clips').waitFor();
  await page.keyboard.press('Control+3');
  const list = page.getByRole('listbox', { name: 'Runs' });
  await list.getByRole('option').last().click();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.keyboard.press('Shift+X');
  await page.getByText(`over ${RUNS} other runs`).waitFor();
  await page.getByText('training', { exact: false }).first().waitFor();
  const cdp = await page.context().newCDPSession(page);

  await reach(page, () => received, WARM_UPDATES);
  const before = await heapMegabytes(cdp);
  // Collecting garbage on demand is a long task of its own: what is counted begins here.
  await tasksOf(page);
  const processorTimes = await traceTasks(page);
  const [from, since] = [received, performance.now()];
  await reach(page, () => received, from + updates);
  const perSecond = (received - from) / ((performance.now() - since) / 1000);
  const tasks = await tasksOf(page);
  const mostWorkMs = (await processorTimes()).reduce((most, ms) => Math.max(most, ms), 0);
  const grown = (await heapMegabytes(cdp)) - before;

  const longest = tasks.reduce((most, task) => Math.max(most, task), 0);
  const said = (good: boolean): string => (good ? 'pass' : 'short');
  const isFast = perSecond >= LIMIT_UPDATES_PER_SECOND;
  const isSmooth = longest <= LIMIT_TASK_MS;
  const isFlat = grown <= LIMIT_GROWTH_MB;
  console.log(
    `updates: ${perSecond.toFixed(1)} a second, limit ${LIMIT_UPDATES_PER_SECOND}: ${said(isFast)}`,
  );
  console.log(
    `long tasks over ${received - from} updates: ${tasks.length}, longest ${longest.toFixed(0)} ms, limit ${LIMIT_TASK_MS} ms: ${said(isSmooth)}`,
  );
  console.log(`processor time of the task with the most of it: ${mostWorkMs.toFixed(0)} ms`);
  console.log(
    `heap: ${before.toFixed(1)} MB, grown by ${grown.toFixed(1)} MB, limit ${LIMIT_GROWTH_MB} MB: ${said(isFlat)}`,
  );
  return isFast && isSmooth && isFlat;
}

async function reach(page: Page, received: () => number, count: number): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (received() < count) {
    if (performance.now() > deadline) throw new Error(`only ${received()} updates came`);
    await page.waitForTimeout(200);
  }
}

/** Tasks of more than 50 ms since the last call, in milliseconds. */
function tasksOf(page: Page): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks.splice(0));
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Begins to record what each task of the page's main thread costs the processor: on a busy machine a task lasts longer
 * than it works.
 * @returns ends that; milliseconds a task
 */
async function traceTasks(page: Page): Promise<() => Promise<number[]>> {
  const cdp = await page.context().browser()!.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', { traceConfig: { includedCategories: ['toplevel'] } });
  return async () => {
    const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
    await cdp.send('Tracing.end');
    await complete;
    const thread = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
    const main = new Set(events.filter(({ args }) => args.name === 'CrRendererMain').map(thread));
    return events
      .filter((event) => event.name.endsWith('::RunTask') && main.has(thread(event)))
      .map(({ tdur = 0 }) => tdur / 1000);
  };
}

async function heapMegabytes(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}
