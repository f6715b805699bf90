// Xvfb (a display without a screen), PulseAudio (a microphone that can be unplugged) and the libraries that Electron loads,
// for the tests on Linux.
import { aptCommand, aptInstall } from './apt.ts';
import type { Outcome } from './outcome.ts';
import { findProgram, run } from './run.ts';

/** Shared library that Electron or Chromium loads -> the Debian package that brings it. */
const LIBRARIES: Record<string, string> = {
  'libgtk-3.so.0': 'libgtk-3-0',
  'libnss3.so': 'libnss3',
  'libasound.so.2': 'libasound2',
  'libgbm.so.1': 'libgbm1',
  'libXss.so.1': 'libxss1',
  'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0',
  'libcups.so.2': 'libcups2',
  'libdrm.so.2': 'libdrm2',
  'libxkbcommon.so.0': 'libxkbcommon0',
};
const XVFB = 'xvfb';
/** Program of the sound server -> its package. */
const SOUND: Record<string, string> = { pulseaudio: 'pulseaudio', pactl: 'pulseaudio-utils' };

/** `xvfb` is the program's path; undefined where none is needed (macOS and Windows have their display). */
export type System = Outcome<{ xvfb: string | undefined }>;

/**
 * The Debian packages that are missing.
 * @param knownLibraries what `ldconfig -p` prints
 * @param hasXvfb whether the Xvfb program is on the PATH
 */
export function missingPackages(knownLibraries: string, hasXvfb: boolean): string[] {
  const names = new Set([...knownLibraries.matchAll(/^\s*(\S+) \(/gm)].map((match) => match[1]));
  const packages = Object.entries(LIBRARIES).filter(([library]) => !names.has(library));
  return [...(hasXvfb ? [] : [XVFB]), ...packages.map(([, debian]) => debian)];
}

async function lookForMissing(): Promise<string[]> {
  const ldconfig = findProgram('ldconfig') ?? '/sbin/ldconfig';
  const known = await run(ldconfig, ['-p'], { timeoutMs: 10_000 });
  const sound = Object.entries(SOUND).filter(([program]) => findProgram(program) === undefined);
  const packages = sound.map(([, debian]) => debian);
  return [...missingPackages(known.stdout, findProgram('Xvfb') !== undefined), ...packages];
}

/** Makes sure of Xvfb, PulseAudio and the libraries; installs them with apt where this user is root. */
export async function ensureSystem(): Promise<System> {
  if (process.platform !== 'linux') return { ok: true, xvfb: undefined };
  let missing = await lookForMissing();
  if (missing.length > 0) {
    const failure = await aptInstall(missing);
    missing = await lookForMissing();
    if (missing.length > 0) {
      return {
        ok: false,
        reason: `Debian packages are missing: ${missing.join(', ')} (${failure || 'apt-get left them out'}).`,
        without: 'The application itself needs no display server of ours; the window tests need these.',
        command: aptCommand(missing),
      };
    }
  }
  return { ok: true, xvfb: findProgram('Xvfb') };
}
