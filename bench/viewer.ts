// The viewer in both hosts: long tasks while a 10-minute file scrolls and zooms, opening times, the engine's memory.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { type HostOptions, Studio } from '../e2e/fixtures/studio.ts';
import { pcm16, wavHeader } from '../main/audio/wav.ts';
import { prepareHosts } from './_hosts.ts';

/** Log-mel, F0 and RMS, beside the spectrogram and MFCC that are shown at first. */
const MORE_TRACKS = ['Shift+G', 'Shift+F', 'Shift+R'];
const LIMITS = { taskMs: 50, clipMs: 100, hourMs: 1000, engineMegabytes: 300 };
const RATE_HZ = 48_000;
/** Short clips of the corpus: rows 0 to 35 of the queue; the hour and the ten minutes follow. */
const CLIPS = 36;
/** Every third from the end: the neighbours of a clip on screen are fetched ahead, these never are. */
const OPENED = Array.from({ length: 11 }, (_, i) => CLIPS - 3 - 3 * i);
const DRAWN_TIMEOUT_MS = 240_000;

/**
 * Generates short clips, a file of 10 minutes and a stereo one of an hour, and drives both hosts through them.
 *
 * @param args `--host electron|chromium`: that one alone
 * @throws Error where a host cannot be had
 */
export async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({ args: [...args], options: { host: { type: 'string' } } });
  const display = await prepareHosts();
  const root = mkdtempSync(join(tmpdir(), 'pathos-viewer-'));
  let kept = true;
  try {
    const folder = join(root, 'corpus');
    for (let i = 0; i < CLIPS; i++)
      writeSpeechlike(join(folder, 'anger'), `clip-${10 + i}.wav`, 2 + i / 10, 1);
    writeSpeechlike(join(folder, 'fear'), 'hour.wav', 3600, 2);
    writeSpeechlike(join(folder, 'sadness'), 'ten-minutes.wav', 600, 1);
    for (const host of ['chromium', 'electron'] as const) {
      if (values.host !== undefined && values.host !== host) continue;
      console.log(`\n${host}`);
      kept = (await measure(host, folder, join(root, host))) && kept;
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
    display.stop();
  }
  return kept;
}

/** Syllables of a gliding voice over a little noise, so that every track has something to draw. */
function writeSpeechlike(folder: string, name: string, seconds: number, channels: number): void {
  mkdirSync(folder, { recursive: true });
  const frames = Math.round(seconds * RATE_HZ);
  const header = { channels, frames, sampleRateHz: RATE_HZ, encoding: '', durationSeconds: seconds };
  const file = openSync(join(folder, name), 'w');
  writeSync(file, wavHeader(header));
  const period = 10 * RATE_HZ;
  const block = Float32Array.from({ length: Math.min(period, frames) }, (_, i) => {
    const t = i / RATE_HZ;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.1 * t)) ** 2 * Math.max(0, Math.sin(1.3 * t));
    const pitchHz = 150 + 40 * Math.sin(1.7 * t);
    let voice = 0;
    for (let h = 1; h <= 8; h++) voice += Math.sin(2 * Math.PI * pitchHz * h * t) / h;
    return 0.3 * syllable * voice + 0.004 * Math.sin(i * 12.9898 * (i % 97));
  });
  for (let at = 0; at < frames; at += period) {
    const part = block.subarray(0, Math.min(period, frames - at));
    writeSync(file, new Uint8Array(pcm16(Array.from({ length: channels }, () => part)).buffer));
  }
  closeSync(file);
}

async function measure(host: HostOptions['host'], folder: string, workspace: string): Promise<boolean> {
  const studio = new Studio(host, workspace);
  try {
    const page = await studio.start({ folder });
    await page.getByRole('grid', { name: 'Clips', exact: true }).getByRole('row').nth(3).waitFor();
    await page.keyboard.press('Control+2');
    await painted(page);
    const opened = [await opening(page), await hour(page, studio)];
    return [...opened, await scrolling(page)].every(Boolean);
  } finally {
    await studio.stop();
  }
}

/** Prints a figure beside its limit. */
function judge(what: string, figure: number, limit: number, unit: string): boolean {
  const verdict = figure <= limit ? 'pass' : 'short';
  console.log(`  ${what}: ${figure.toFixed(0)} ${unit}, limit ${limit}: ${verdict}`);
  return figure <= limit;
}

async function painted(page: Page): Promise<void> {
  await page.locator('[data-painted][data-whole="true"]').waitFor({ timeout: DRAWN_TIMEOUT_MS });
}

/** In the page: from the click on a row of the queue until its waveform is drawn, in milliseconds. */
async function open(page: Page, row: number): Promise<number> {
  return page.evaluate(async (index) => {
    const list = document.querySelector('[role="listbox"][aria-label="Clips to label"]')!;
    const find = () => list.querySelector<HTMLElement>(`#queue-row-${index}[aria-label]`);
    // Rows that are not on screen are not in the page, and come with their names a moment later.
    while (!find()) {
      list.scrollTop = index * list.querySelector<HTMLElement>('[role="option"]')!.offsetHeight;
      await new Promise(requestAnimationFrame);
    }
    const lanes = () => document.querySelector('[data-painted]');
    const before = lanes()?.getAttribute('data-painted');
    const started = performance.now();
    return new Promise<number>((resolve) => {
      const look = (): void => {
        const now = lanes()?.getAttribute('data-painted');
        if (now && now !== before) resolve(performance.now() - started);
        else requestAnimationFrame(look);
      };
      find()!.click();
      look();
    });
  }, row);
}

async function opening(page: Page): Promise<boolean> {
  const times: number[] = [];
  for (const row of OPENED) {
    times.push(await open(page, row));
    await painted(page);
  }
  console.log(`  (clips one by one: ${times.map((time) => time.toFixed(0)).join(', ')} ms)`);
  return judge(`opening a clip, the slowest of ${times.length}`, Math.max(...times), LIMITS.clipMs, 'ms');
}

async function hour(page: Page, studio: Studio): Promise<boolean> {
  const engine = await studio.enginePid();
  const first = await open(page, CLIPS);
  const drawnAt = performance.now();
  await painted(page);
  const seconds = (performance.now() - drawnAt) / 1000;
  console.log(`  (all of its waveform, spectrogram and MFCC ${seconds.toFixed(1)} s later)`);
  const megabytes = peakMegabytes(engine);
  for (const key of MORE_TRACKS) await page.keyboard.press(key);
  await page.waitForTimeout(500);
  await painted(page);
  const withAll = peakMegabytes(engine);
  await open(page, 1);
  await painted(page);
  const again = await open(page, CLIPS);
  return [
    judge('opening an hour of 48 kHz stereo for the first time', first, LIMITS.hourMs, 'ms'),
    judge('opening it again', again, LIMITS.hourMs, 'ms'),
    judge('memory of the engine at most, so far', megabytes, LIMITS.engineMegabytes, 'MB'),
    judge('and with all five tracks of the hour', withAll, LIMITS.engineMegabytes, 'MB'),
  ].every(Boolean);
}

/** Linux only; elsewhere not measured. */
function peakMegabytes(processId: number): number {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1000;
  } catch {
    return NaN;
  }
}

async function scrolling(page: Page): Promise<boolean> {
  await open(page, CLIPS + 1);
  await painted(page);
  await page.waitForTimeout(1000);
  const { longTasks, gaps, frames } = await page.evaluate(scrollAndZoom);
  const late = gaps.filter((gap) => gap > 34).length;
  console.log(
    `  (${frames} frames of 5 tracks; ${late} later than two frames, the latest ${Math.max(...gaps).toFixed(0)} ms)`,
  );
  const longest = Math.max(0, ...longTasks);
  return judge('longest main-thread task while 10 minutes scroll and zoom', longest, LIMITS.taskMs, 'ms');
}

/** In the page: wheel by wheel, a step a frame, with the pointer moving over the tracks. */
async function scrollAndZoom(): Promise<{ longTasks: number[]; gaps: number[]; frames: number }> {
  const longTasks: number[] = [];
  const observer = new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries()) longTasks.push(entry.duration);
  });
  observer.observe({ type: 'longtask' });
  const lane = document.querySelector('[data-track="spectrogram"]')!;
  const { left, top, width, height } = lane.getBoundingClientRect();
  const gaps: number[] = [];
  let last = performance.now();
  const frame = async (): Promise<void> => {
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    gaps.push(now - last);
    last = now;
  };
  const at = (i: number) => ({
    bubbles: true,
    cancelable: true,
    clientX: left + width * (0.2 + 0.6 * Math.abs(Math.sin(i / 40))),
    clientY: top + height / 2,
  });
  const wheel = (i: number, change: WheelEventInit): void => {
    lane.dispatchEvent(new WheelEvent('wheel', { ...at(i), ...change }));
    lane.dispatchEvent(new PointerEvent('pointermove', at(i)));
  };
  await frame();
  gaps.length = 0;
  for (let i = 0; i < 120; i++, await frame()) wheel(i, { deltaY: -25, ctrlKey: true });
  for (let i = 0; i < 120; i++, await frame()) wheel(i, { deltaX: 60 });
  for (let i = 0; i < 80; i++, await frame()) wheel(i, { deltaY: 25, ctrlKey: true });
  for (let i = 0; i < 240; i++, await frame()) wheel(i, { deltaX: i < 160 ? 90 : -140 });
  for (let i = 0; i < 60; i++, await frame()) wheel(i, { deltaY: i % 20 < 10 ? 120 : -120, ctrlKey: true });
  await new Promise((resolve) => setTimeout(resolve, 500));
  observer.disconnect();
  return { longTasks, gaps, frames: gaps.length };
}
