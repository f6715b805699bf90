// `npm test [-- unit|e2e [ARGUMENTS OF THE RUNNER]]`: provisions, builds, runs every test, sums them up.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './provision/built.ts';
import { ensureChromium } from './provision/chromium.ts';
import { startDisplay } from './provision/display.ts';
import { ensureElectron } from './provision/electron.ts';
import { explain, messageOf, type Missing, type Outcome } from './provision/outcome.ts';
import { projectRoot } from './provision/paths.ts';
import { run } from './provision/run.ts';
import { ensureSystem } from './provision/system.ts';
import { ensureTensorflow } from './provision/tensorflow.ts';
import {
  closingLine,
  distrust,
  readPlaywright,
  readUnhandled,
  readVitest,
  total,
  UNHANDLED_VARIABLE,
  type Counts,
  type Report,
} from './test-counts.ts';

const MINUTE_MS = 60_000;
const WHOLE_MS = 24 * MINUTE_MS;
const UNIT_MS = 12 * MINUTE_MS;
const E2E_MS = 19 * MINUTE_MS;
/** Playwright is told to stop this much before it is killed, so that it still writes its report. */
const E2E_GRACE_MS = MINUTE_MS;
const PROJECTS = ['electron', 'chromium'];

const startedMs = performance.now();
const remainingMs = (): number => Math.max(1000, WHOLE_MS - (performance.now() - startedMs));

/** What the run is about: results so far, and what the tests get to know. */
interface Session {
  env: NodeJS.ProcessEnv;
  reports: string;
  suites: Map<string, Counts>;
  /** Failed tests, which `suites` counts. */
  failures: string[];
  /** What went wrong outside every test. */
  problems: string[];
  backend: string;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs one step under a heading, within the time that is left; what it throws is a failure, not an end. */
async function step(session: Session, name: string, work: () => Promise<void>): Promise<void> {
  print(`\n== ${name}`);
  const beganMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the time for all tests is over')), remainingMs());
  });
  try {
    await Promise.race([work(), late]);
  } catch (error) {
    session.problems.push(`${name}: ${messageOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
  print(`== ${name}: ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
}

/** Prints what a provisioning step found; what is missing fails the run only if `needed`. */
function tell<Facts extends object>(
  session: Session,
  thing: string,
  outcome: Outcome<Facts>,
  { needed, found }: { needed: boolean; found: (facts: Facts) => string },
): void {
  if (outcome.ok) print(`${thing}: ${found(outcome)}`);
  else {
    const missing: Missing = outcome;
    print(explain(thing, missing));
    if (needed) session.problems.push(explain(thing, missing));
  }
}

async function provisionTensorflow(session: Session): Promise<void> {
  const tensorflow = await ensureTensorflow();
  // Without it the WebAssembly backend is what the tests run on, and the summary says so.
  tell(session, 'TensorFlow', tensorflow, { needed: false, found: (it) => `${it.version}, native` });
  session.backend = tensorflow.ok ? `tensorflow (native ${tensorflow.version})` : 'wasm';
}

async function provisionHosts(session: Session): Promise<void> {
  tell(session, 'System', await ensureSystem(), {
    needed: true,
    found: (it) => `libraries present, ${it.xvfb ?? 'no Xvfb needed'}`,
  });
  const electron = await ensureElectron({ forTests: true });
  tell(session, 'Electron', electron, {
    needed: true,
    found: (it) => `${it.version}${it.forTestsOnly ? ', for tests only' : ''}`,
  });
  if (electron.ok) session.env['PATHOS_ELECTRON'] = electron.path;
  const chromium = await ensureChromium();
  tell(session, 'Chromium', chromium, { needed: true, found: (it) => it.version });
  if (chromium.ok) session.env['PATHOS_CHROMIUM'] = chromium.path;
}

/** Takes a runner's report into the sums. A report that is missing or unreadable is a problem. */
function take(
  session: Session,
  file: string,
  { failure, required, read }: { failure: string; required: string[]; read: (json: string) => Report },
): void {
  if (!existsSync(file)) throw new Error(`no report was written (${failure || 'the runner ended well'})`);
  const report = read(readFileSync(file, 'utf8'));
  for (const [name, counts] of report.suites) session.suites.set(name, counts);
  session.failures.push(...report.failures);
  // A file that did not load is counted in its suite already; vitest's problems are there to be read.
  report.problems.forEach((problem) => print(`! ${problem}`));
  session.problems.push(...distrust(report, failure, required));
}

async function runUnit(session: Session, more: string[]): Promise<void> {
  const file = join(session.reports, 'unit.json');
  const unhandled = join(session.reports, 'unhandled.json');
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['default', 'json', './scripts/unhandled.ts'].map((name) => `--reporter=${name}`);
  const result = await run(
    process.execPath,
    [vitest, 'run', ...reporters, `--outputFile.json=${file}`, ...more],
    {
      cwd: projectRoot,
      env: { ...session.env, [UNHANDLED_VARIABLE]: unhandled },
      output: 'inherit',
      timeoutMs: Math.min(UNIT_MS, remainingMs()),
    },
  );
  take(session, file, {
    failure: result.failure && `vitest: ${result.failure}`,
    required: more.length > 0 ? [] : ['unit'],
    read: (json) => {
      const report = readVitest(json);
      const outside = existsSync(unhandled) ? readUnhandled(readFileSync(unhandled, 'utf8')) : [];
      session.problems.push(...outside);
      return { ...report, problems: [...report.problems, ...outside] };
    },
  });
}

async function runE2e(session: Session, more: string[]): Promise<void> {
  const file = join(session.reports, 'e2e.json');
  const timeoutMs = Math.min(E2E_MS, remainingMs());
  const cli = join('node_modules', '@playwright', 'test', 'cli.js');
  const limit = `--global-timeout=${Math.max(1000, timeoutMs - E2E_GRACE_MS)}`;
  const display = await startDisplay();
  try {
    const env = { ...session.env, ...display.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file };
    const args = [cli, 'test', '--reporter=list,json', limit, ...more];
    const options = { cwd: projectRoot, env, output: 'inherit' as const, timeoutMs };
    const result = await run(process.execPath, args, options);
    // Arguments may choose one project or one file.
    const required = more.length > 0 ? [] : PROJECTS;
    const failure = result.failure && `Playwright: ${result.failure}`;
    take(session, file, { failure, required, read: (json) => readE2e(json, session) });
  } finally {
    display.stop();
  }
}

function readE2e(json: string, session: Session): Report {
  const report = readPlaywright(json, PROJECTS);
  session.problems.push(...report.problems);
  return report;
}

const NAMES = new Map([
  ['unit', 'Unit'],
  ['golden', 'Golden'],
  ['electron', 'Electron'],
  ['chromium', 'Chromium'],
]);

/** Prints the summary. @returns whether all is well */
function summarise(session: Session): boolean {
  print('\n== Summary');
  for (const [suite, { passed, failed, skipped }] of session.suites) {
    const name = (NAMES.get(suite) ?? suite).padEnd(10);
    print(`  ${name} ${passed} passed  ${failed} failed  ${skipped} skipped`);
  }
  print(`  Trainer backend  ${session.backend}`);
  print(`  Took ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  for (const problem of [...session.failures, ...session.problems]) print(`  FAILED  ${problem}`);
  const sum = total(session.suites.values());
  // Each problem outside the tests counts as one that failed.
  sum.failed += session.problems.length;
  print(closingLine(sum));
  return sum.failed === 0;
}

async function main(): Promise<number> {
  const [part, ...more] = process.argv.slice(2);
  if (part !== undefined && part !== 'unit' && part !== 'e2e') {
    print('Usage: npm test [-- unit|e2e [ARGUMENTS OF THE RUNNER]]');
    return 2;
  }
  const session: Session = {
    env: {
      ...process.env,
      PATHOS_NODE: process.execPath,
      PATHOS_TEST_CORPORA: process.env['PATHOS_TEST_CORPORA'] ?? join(projectRoot, '..', 'shared', 'data'),
    },
    reports: mkdtempSync(join(tmpdir(), 'pathos-tests-')),
    suites: new Map(),
    failures: [],
    problems: [],
    backend: 'not determined',
  };
  await step(session, 'TensorFlow', () => provisionTensorflow(session));
  if (part !== 'unit') {
    await step(session, 'Electron, Chromium and system', () => provisionHosts(session));
    await step(session, 'Build', async () => {
      const built = await ensureBuilt();
      if (!built.ok) throw new Error(built.reason);
      print(built.built ? 'built' : 'up to date');
    });
  }
  if (part !== 'e2e') await step(session, 'Unit and golden tests', () => runUnit(session, more));
  if (part !== 'unit') await step(session, 'End-to-end tests', () => runE2e(session, more));
  rmSync(session.reports, { recursive: true, force: true });
  return summarise(session) ? 0 : 1;
}

const code = await main();
// A step that ran out of time may still have something under way.
process.exit(code);
