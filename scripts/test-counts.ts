// Counts what the test runners report, strictly: what is unclear has failed.
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Test files of golden vectors: named so, or in a folder named so. */
const GOLDEN = /golden[^/\\]*([/\\][^/\\]+)?$/i;

/** Tests of one suite by how they ended. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What one runner reported: counts by suite name, which tests failed, and what went wrong outside any test. */
export interface Report {
  suites: Map<string, Counts>;
  /** A line for each failed test: its file, its name and what it said. They are in `suites` already. */
  failures: string[];
  problems: string[];
}

const noCounts = (): Counts => ({ passed: 0, failed: 0, skipped: 0 });

function suiteOf(report: Report, name: string): Counts {
  const counts = report.suites.get(name) ?? noCounts();
  report.suites.set(name, counts);
  return counts;
}

/** The part of vitest's JSON report that is read. */
interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[];
  }[];
}

/** Enough for a failed property's counterexample. */
const MESSAGE_LINES = 6;

/** A failed test in a line or a few: where it is, its name, and how its message begins. */
function failureOf(where: string, name: string, message = 'no message'): string {
  // Runners colour what they report.
  const said = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const head = said.filter((line) => !FRAME.test(line)).slice(0, MESSAGE_LINES);
  const thrown = thrownAt(said);
  return [`${where}: ${name}`, ...head, ...(thrown ? [thrown] : [])].join('\n      ');
}

/** A line of a stack. */
const FRAME = /^\s*at /;

/** Of the lines of a stack the first one in the project, else the first that is not Node's own. */
function thrownAt(lines: readonly string[]): string | undefined {
  const frames = lines.filter((line) => FRAME.test(line) && !line.includes('node:'));
  return frames.find((line) => !line.includes('node_modules')) ?? frames[0];
}

/**
 * Reads vitest's JSON report. Files whose path names golden vectors count as suite `golden`, others as `unit`.
 * A file that failed without a failed test (it did not load) is one failed test more.
 */
export function readVitest(json: string): Report {
  const report: Report = { suites: new Map([['unit', noCounts()]]), failures: [], problems: [] };
  for (const file of (JSON.parse(json) as VitestReport).testResults) {
    const counts = suiteOf(report, GOLDEN.test(file.name) ? 'golden' : 'unit');
    let toldFailed = false;
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      const ended = vitestStatus(status);
      counts[ended]++;
      if (ended !== 'failed') continue;
      toldFailed = true;
      report.failures.push(failureOf(basename(file.name), fullName, failureMessages?.[0]));
    }
    if (file.status === 'failed' && !toldFailed) {
      counts.failed++;
      report.problems.push(`${file.name}: ${file.message?.split('\n')[0] || 'failed outside its tests'}`);
    }
  }
  return report;
}

/** Where vitest is to write what went wrong outside every test: a file, named by this variable. */
export const UNHANDLED_VARIABLE = 'PATHOS_UNHANDLED_FILE';

/** An error outside every test: a promise that nobody awaited, a worker that died. */
export interface Unhandled {
  message: string;
  stack: string;
  /** The test file that ran, where one is known; so with `test`. */
  path?: string;
  test?: string;
}

/** Reads what `scripts/unhandled.ts` wrote: a sentence an error, with where it was thrown. */
export function readUnhandled(json: string): string[] {
  return (JSON.parse(json) as Unhandled[]).map(({ message, stack, path, test }) => {
    const during = [path !== undefined && basename(path), test].filter(Boolean).join(', ');
    const thrown = thrownAt(stack.split('\n'));
    return `${message}${during && ` (during ${during})`}${thrown ? `, thrown ${thrown.trim()}` : ''}`;
  });
}

function vitestStatus(status: string): keyof Counts {
  if (status === 'passed') return 'passed';
  return ['skipped', 'pending', 'todo', 'disabled'].includes(status) ? 'skipped' : 'failed';
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs?: {
    title: string;
    file: string;
    tests: {
      projectName: string;
      status: string;
      results?: { error?: { message?: string; stack?: string } }[];
    }[];
  }[];
}
/** The part of Playwright's JSON report that is read. */
interface PlaywrightReport extends PlaywrightSuite {
  errors?: { message?: string }[];
}

/** Reads Playwright's JSON report: a suite a project. A flaky test has failed; so has an error outside tests. */
export function readPlaywright(json: string, projects: readonly string[]): Report {
  const whole = JSON.parse(json) as PlaywrightReport;
  const report: Report = {
    suites: new Map(projects.map((name) => [name, noCounts()])),
    failures: [],
    problems: [],
  };
  const visit = (suite: PlaywrightSuite): void => {
    for (const { title, file, tests } of suite.specs ?? []) {
      for (const { projectName, status, results } of tests) {
        const ended = status === 'expected' ? 'passed' : status === 'skipped' ? 'skipped' : 'failed';
        suiteOf(report, projectName)[ended]++;
        if (ended !== 'failed') continue;
        const error = results?.find((result) => result.error)?.error;
        report.failures.push(failureOf(`[${projectName}] ${file}`, title, error?.stack ?? error?.message));
      }
    }
    suite.suites?.forEach(visit);
  };
  visit(whole);
  for (const { message } of whole.errors ?? []) report.problems.push(message ?? 'an error outside the tests');
  return report;
}

/**
 * What must be added to a report for it to be believed: a runner that ended with an error though no test
 *
 * @param failure why the runner did not end with 0, empty where it did
 */
export function distrust(report: Report, failure: string, required: readonly string[]): string[] {
  const problems: string[] = [];
  const failed = [...report.suites.values()].some((counts) => counts.failed > 0);
  if (failure && !failed && report.problems.length === 0) problems.push(failure);
  const ran = (name: string): number => {
    const counts = report.suites.get(name) ?? noCounts();
    return counts.passed + counts.failed;
  };
  for (const name of required) if (ran(name) === 0) problems.push(`no test of the suite ${name} ran`);
  const nothing = [...report.suites.keys()].every((name) => ran(name) === 0);
  if (problems.length === 0 && required.length === 0 && nothing) problems.push('no test ran');
  return problems;
}

/** The sum of all counts. */
export function total(counts: Iterable<Counts>): Counts {
  const sum = noCounts();
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** The last line of `npm test`. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
