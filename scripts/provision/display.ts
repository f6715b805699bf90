// A display for window tests that disturbs nobody: Xvfb on Linux, the system's own elsewhere.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { findProgram, guard, killTree } from './run.ts';

export interface Display {
  /** What to add to the environment of the program that opens windows. */
  env: NodeJS.ProcessEnv;
  stop: () => void;
}

const START_MS = 20_000;
const SCREEN = '1920x1200x24';

/** Starts a display, or answers with the one at hand. @throws Error where there is neither */
export async function startDisplay(): Promise<Display> {
  const atHand = { env: {}, stop: () => undefined };
  if (process.platform !== 'linux') return atHand;
  const xvfb = findProgram('Xvfb');
  if (!xvfb) {
    if (process.env['DISPLAY']) return atHand;
    throw new Error('there is no display and no Xvfb to make one');
  }
  // Xvfb picks a free number and tells it on the descriptor that it is given.
  const child = spawn(xvfb, ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const unguard = guard(child);
  const stop = (): void => {
    unguard();
    killTree(child, 'SIGTERM');
  };
  try {
    const number = await firstLine(child.stdio[3] as Readable, new Promise((end) => child.once('exit', end)));
    return { env: { DISPLAY: `:${number}`, WAYLAND_DISPLAY: undefined }, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function firstLine(stream: Readable, ended: Promise<unknown>): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('Xvfb did not start in time')), START_MS);
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (!text.includes('\n')) return;
      clearTimeout(late);
      resolve(text.trim());
    });
    void ended.then(() => reject(new Error('Xvfb ended before it had a display')));
  });
}
