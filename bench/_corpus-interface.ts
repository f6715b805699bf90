// The interface in both hosts: long tasks while 100,000 rows scroll, and a key press until its label is painted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openStore } from '../main/store/database.ts';
import { saveSettings } from '../main/store/settings.ts';
import { Studio, type HostOptions } from '../e2e/fixtures/studio.ts';
import { prepareHosts } from './_hosts.ts';
import { fillCorpus } from './_synthetic-corpus.ts';

const LIMIT_MS = 50;
const CLIPS = 100_000;
const SCROLL_STEPS = 240;
const KEY_PRESSES = 60;

/** @throws Error where a host cannot be had */
export async function measureInterface(): Promise<boolean> {
  const display = await prepareHosts();
  let kept = true;
  try {
    for (const host of ['chromium', 'electron'] as const) {
      console.log(`\n${host}`);
      kept = (await scrolling(host)) && kept;
      kept = (await keyPress(host)) && kept;
    }
  } finally {
    display.stop();
  }
  return kept;
}

async function inStudio(
  host: HostOptions['host'],
  prepare: (workspace: string) => void,
  work: (page: Page) => Promise<boolean>,
): Promise<boolean> {
  const workspace = mkdtempSync(join(tmpdir(), 'pathos-bench-'));
  const studio = new Studio(host, workspace);
  try {
    prepare(workspace);
    return await work(await studio.start());
  } finally {
    await studio.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}

function scrolling(host: HostOptions['host']): Promise<boolean> {
  const prepare = (workspace: string): void => {
    const store = openStore(join(workspace, 'studio.db'));
    const lastCorpusId = fillCorpus(store, CLIPS, join(workspace, 'not there'));
    saveSettings(store, { lastCorpusId });
    store.close();
  };
  return inStudio(host, prepare, async (page) => {
    const grid = page.getByRole('grid', { name: 'Clips', exact: true });
    await grid.getByRole('row').nth(5).waitFor();
    await page.waitForTimeout(2000);
    const { longTasks, frames, seconds } = await grid.evaluate(scrollThrough, SCROLL_STEPS);
    const longest = Math.max(0, ...longTasks);
    const verdict = longest <= LIMIT_MS ? 'pass' : 'short';
    console.log(
      `  scrolling 100,000 rows, ${SCROLL_STEPS} jumps and a steady roll: ${longTasks.length} long tasks, ` +
        `longest ${longest.toFixed(0)} ms, limit ${LIMIT_MS}: ${verdict}; ${(frames / seconds).toFixed(0)} frames a second`,
    );
    return longest <= LIMIT_MS;
  });
}

/** In the page: jumps over the list as a dragged thumb does, then rolls as a wheel does; a step a frame. */
async function scrollThrough(
  list: Element,
  steps: number,
): Promise<{ longTasks: number[]; frames: number; seconds: number }> {
  const longTasks: number[] = [];
  const observer = new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries()) longTasks.push(entry.duration);
  });
  observer.observe({ type: 'longtask' });
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const started = performance.now();
  let frames = 0;
  for (let i = 0; i <= steps; i++, frames++) {
    list.scrollTop = (i / steps) * list.scrollHeight;
    await frame();
  }
  for (let i = 0; i <= steps; i++, frames++) {
    list.scrollTop -= 60;
    await frame();
  }
  const seconds = (performance.now() - started) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 500));
  observer.disconnect();
  return { longTasks, frames, seconds };
}

function keyPress(host: HostOptions['host']): Promise<boolean> {
  return inStudio(
    host,
    () => undefined,
    async (page) => {
      await page.getByRole('button', { name: 'Try the demo corpus' }).click();
      await page.getByRole('grid', { name: 'Clips', exact: true }).getByRole('row').nth(5).waitFor();
      await page.keyboard.press('Control+2');
      await page.getByRole('listbox', { name: 'Clips to label' }).getByRole('option').nth(3).waitFor();
      await page.waitForTimeout(2000);
      await page.evaluate(watchKeys);
      for (let i = 0; i < KEY_PRESSES; i++) {
        await page.keyboard.press(String((i % 3) + 1));
        await page.waitForTimeout(150);
      }
      const times = (await page.evaluate(() => Reflect.get(window, 'paintedAfter') as number[])).sort(
        (a, b) => a - b,
      );
      if (times.length < KEY_PRESSES * 0.9) throw new Error(`only ${times.length} labels were painted`);
      const p95 = times[Math.ceil(times.length * 0.95) - 1]!;
      const median = times[Math.floor(times.length / 2)]!;
      const verdict = p95 < LIMIT_MS ? 'pass' : 'short';
      console.log(
        `  key press to the painted label: median ${median.toFixed(0)}, p95 ${p95.toFixed(0)} ms, limit ${LIMIT_MS}: ${verdict}`,
      );
      return p95 < LIMIT_MS;
    },
  );
}

/** In the page: from a number key's time stamp until the frame after its clip's row says that it is reviewed. */
function watchKeys(): void {
  const times: number[] = [];
  Reflect.set(window, 'paintedAfter', times);
  const isReviewed = (id: string): boolean =>
    document.getElementById(id)?.getAttribute('aria-label')?.endsWith('reviewed') ?? false;
  window.addEventListener(
    'keydown',
    (event) => {
      const row = document.querySelector('[role="listbox"] [role="option"][aria-selected="true"]');
      if (!row || !/^\d$/.test(event.key)) return;
      const look = (): void => {
        if (!isReviewed(row.id)) requestAnimationFrame(look);
        // What this frame shows is on screen when the next task after it runs.
        else setTimeout(() => times.push(performance.now() - event.timeStamp));
      };
      requestAnimationFrame(look);
    },
    { capture: true },
  );
}
