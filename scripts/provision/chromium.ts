// A Chromium for the tests of the browser host: one that is there, else Debian's.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aptCommand, aptInstall } from './apt.ts';
import type { Outcome } from './outcome.ts';
import { findProgram, run } from './run.ts';

export type Chromium = Outcome<{ path: string; version: string }>;

const START_MS = 20_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MACOS = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

function onWindows(): string[] {
  const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name]);
  const below = join('Google', 'Chrome', 'Application', 'chrome.exe');
  return roots.filter((root): root is string => !!root).map((root) => join(root, below));
}

async function playwrightsOwn(): Promise<string[]> {
  const { chromium } = await import('@playwright/test');
  return [chromium.executablePath()];
}

/** The version a browser names; undefined where it does not start (as a stub that only points to a store). */
async function versionOf(path: string): Promise<string | undefined> {
  // On Windows asking for the version opens a window.
  if (process.platform === 'win32') return 'unknown version';
  const answer = await run(path, ['--version'], { timeoutMs: START_MS });
  return answer.code === 0 ? /\d+(\.\d+)+/.exec(answer.stdout)?.[0] : undefined;
}

async function firstThatStarts(paths: readonly string[]): Promise<Chromium | undefined> {
  for (const path of paths.filter((candidate) => existsSync(candidate))) {
    const version = await versionOf(path);
    if (version) return { ok: true, path, version };
  }
  return undefined;
}

async function find(): Promise<Chromium | undefined> {
  const named = NAMES.map((name) => findProgram(name)).filter((path): path is string => !!path);
  const usual = process.platform === 'darwin' ? MACOS : process.platform === 'win32' ? onWindows() : [];
  return (await firstThatStarts([...named, ...usual])) ?? firstThatStarts(await playwrightsOwn());
}

/** Finds a Chromium: `PATHOS_CHROMIUM`, installed ones, Playwright's; else installs Debian's where root. */
export async function ensureChromium(): Promise<Chromium> {
  const without = 'The application shows itself in any browser; only the tests in Chromium need this one.';
  const wanted = process.env['PATHOS_CHROMIUM'];
  if (wanted) {
    const reason = `PATHOS_CHROMIUM names ${wanted}, which does not start.`;
    return (await firstThatStarts([wanted])) ?? { ok: false, reason, without };
  }
  const there = await find();
  if (there) return there;
  const failure = await aptInstall(['chromium']);
  const reason = `No Chromium or Chrome was found, and none could be installed (${failure}).`;
  const command = aptCommand(['chromium']) ?? 'npx playwright install chromium';
  return (await find()) ?? { ok: false, reason, without, command };
}
