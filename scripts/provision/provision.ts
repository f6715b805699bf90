// `npm run provision [-- tensorflow electron chromium system]`: gets what is missing and shows what is there.
import { ensureChromium } from './chromium.ts';
import { cacheFolder } from './cache.ts';
import { ensureElectron } from './electron.ts';
import { explain, say, type Missing } from './outcome.ts';
import { ensureSystem } from './system.ts';
import { ensureTensorflow } from './tensorflow.ts';

interface Row {
  thing: string;
  what: string;
  missing?: Missing;
}

const STEPS: Record<string, () => Promise<Row>> = {
  tensorflow: async () => {
    const found = await ensureTensorflow();
    const what = found.ok ? `TensorFlow ${found.version}, native (${found.from})` : 'absent';
    return { thing: 'tensorflow', what, missing: found.ok ? undefined : found };
  },
  system: async () => {
    const found = await ensureSystem();
    const what = found.ok ? `libraries present; ${found.xvfb ?? 'no Xvfb needed'}` : 'absent';
    return { thing: 'system', what, missing: found.ok ? undefined : found };
  },
  electron: async () => {
    const found = await ensureElectron({ forTests: true });
    const use = found.ok && found.forTestsOnly ? ', for tests only' : '';
    const what = found.ok ? `Electron ${found.version}${use} (${found.path})` : 'absent';
    return { thing: 'electron', what, missing: found.ok ? undefined : found };
  },
  chromium: async () => {
    const found = await ensureChromium();
    const what = found.ok ? `Chromium ${found.version} (${found.path})` : 'absent';
    return { thing: 'chromium', what, missing: found.ok ? undefined : found };
  },
};

async function main(): Promise<number> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length > 0) {
    say(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(STEPS).join(', ')}.`);
    return 2;
  }
  say(`Kept in ${cacheFolder()}`);
  const names = wanted.length > 0 ? wanted : Object.keys(STEPS);
  const rows: Row[] = [];
  for (const name of names) rows.push(await STEPS[name]!());
  for (const { thing, what } of rows) process.stdout.write(`${thing.padEnd(12)}${what}\n`);
  const missing = rows.flatMap((row) => (row.missing ? [explain(row.thing, row.missing)] : []));
  for (const line of missing) say(line);
  return missing.length > 0 ? 1 : 0;
}

process.exitCode = await main();
