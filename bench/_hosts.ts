// What a benchmark in a window needs: the built studio, both hosts and a display, as `npm test` has them.
import { ensureBuilt } from '../scripts/provision/built.ts';
import { ensureChromium } from '../scripts/provision/chromium.ts';
import { startDisplay } from '../scripts/provision/display.ts';
import { ensureElectron } from '../scripts/provision/electron.ts';

/**
 * Builds, provisions and starts a display, and sets the environment that e2e/fixtures/studio.ts reads.
 *
 * @returns what takes the display down again
 * @throws Error where a host cannot be had
 */
export async function prepareHosts(): Promise<{ stop: () => void }> {
  const built = await ensureBuilt();
  if (!built.ok) throw new Error(built.reason);
  const hosts = {
    PATHOS_ELECTRON: () => ensureElectron({ forTests: true }),
    PATHOS_CHROMIUM: ensureChromium,
  };
  for (const [name, ensure] of Object.entries(hosts)) {
    if (process.env[name]) continue;
    const found = await ensure();
    if (!found.ok) throw new Error(found.reason);
    process.env[name] = found.path;
  }
  process.env['PATHOS_NODE'] ??= process.execPath;
  const display = await startDisplay();
  Object.assign(process.env, display.env);
  return display;
}
