// The engine in Electron's utility process: a page's calls go straight to it, and it may die and come back.
// The engine here has no store, which an Electron as old as the tests' could not load.
import { rmSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { makeStoreFreeApp } from './fixtures/store-free-app.ts';
import type {} from './fixtures/store-free-page/page.ts';
import { expect, type Studio, test } from './fixtures/studio.ts';

let app = '';

test.beforeAll(async () => {
  app = await makeStoreFreeApp();
});

test.afterAll(() => {
  if (app) rmSync(app, { recursive: true, force: true });
});

/** `electron FOLDER`, with the made folder as the application. */
async function startStoreFree(studio: Studio): Promise<Page> {
  const page = await studio.start({ application: app });
  await expect(page.getByRole('status')).toHaveText('connection 1');
  return page;
}

const openStreams = (page: Page) => () => page.evaluate(() => window.engine.openStreams());

/** The engines that Electron itself lists among its utility processes. */
async function utilityProcesses(studio: Studio): Promise<number[]> {
  const metrics = await studio.electron.evaluate(({ app: electronApp }) => electronApp.getAppMetrics());
  return metrics.filter(({ name }) => name === 'Pathos engine').map(({ pid }) => pid);
}

test('a call is answered by the utility process', async ({ studio }) => {
  const page = await startStoreFree(studio);
  const pid = await page.evaluate(() => window.engine.processId());
  expect(await utilityProcesses(studio)).toEqual([pid]);
  await expect(page.evaluate(() => window.engine.reverse({ name: 'x' } as never))).rejects.toThrow(
    'Input validation failed',
  );
  expect(studio.troubles).toEqual([]);
});

test('a stream flows until it is aborted, or until its page is gone', async ({ studio }) => {
  const page = await startStoreFree(studio);
  const seen = await page.evaluate(async () => {
    const abort = new AbortController();
    const numbers: number[] = [];
    try {
      for await (const number of await window.engine.count(undefined, { signal: abort.signal })) {
        numbers.push(number);
        if (numbers.length === 10) abort.abort();
      }
    } catch (error) {
      return { numbers, error: String(error) };
    }
    return { numbers, error: null };
  });
  expect(seen.numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await expect.poll(openStreams(page)).toBe(0);

  await page.evaluate(() => void window.engine.count().then((stream) => stream.next()));
  await expect.poll(openStreams(page)).toBe(1);
  await page.reload();
  await expect(page.getByRole('status')).toHaveText('connection 1');
  await expect.poll(openStreams(page)).toBe(0);
});

test('a file crosses and comes back byte for byte', async ({ studio }) => {
  const page = await startStoreFree(studio);
  const result = await page.evaluate(async () => {
    // More than a message's usual size, every byte value, and line ends that a form could trip over.
    const sent = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i + (i >> 8)) & 0xff);
    sent.set(new TextEncoder().encode('\r\n--\r\n\r\n'), 1000);
    const file = new File([sent], 'take one.wav', { type: 'audio/wav' });
    const back = await window.engine.reverse({ name: 'Grüße.wav', file });
    const received = new Uint8Array(await back.arrayBuffer());
    const same = received.length === sent.length && received.every((byte, i) => byte === sent.at(-1 - i));
    return { same, name: back.name, type: back.type };
  });
  expect(result).toEqual({ same: true, name: 'Grüße.wav', type: 'audio/wav' });
});

test('what the engine forks runs in plain Node', async ({ studio }) => {
  const page = await startStoreFree(studio);
  expect(await page.evaluate(() => window.engine.forked())).toEqual({ plainNode: true, echoed: [0.5, -1] });
});

test('a page is told when the utility process dies, and reaches the next one', async ({ studio }) => {
  const page = await startStoreFree(studio);
  const first = await page.evaluate(() => window.engine.processId());
  const stream = page.evaluate(async () => {
    for await (const number of await window.engine.count()) if (number === 5) document.title = 'flowing';
  });
  const ended = expect(stream).rejects.toThrow();
  await expect(page).toHaveTitle('flowing');
  process.kill(first, 'SIGKILL');
  await ended;
  // A port to the process that has just died may come first; what counts is that the page gets to the next.
  // A call over a port that has closed already is never answered, so none is waited for.
  const answering = () =>
    page.evaluate(() =>
      Promise.race([
        window.engine.processId().catch(() => null),
        new Promise<null>((resolve) => setTimeout(() => resolve(null), 500)),
      ]),
    );
  let second: number | null = null;
  await expect
    .poll(async () => {
      second = await answering();
      return ![null, first].includes(second);
    })
    .toBe(true);
  await expect(page.getByRole('status')).toHaveText(/^connection [23]$/);
  expect(await utilityProcesses(studio)).toEqual([second]);
});
