// The closing line of `npm test` must never say more than the runners did.
import { describe, expect, it } from 'vitest';
import { closingLine, distrust, readPlaywright, readUnhandled, readVitest, total } from './test-counts.ts';

const vitestFile = (name: string, statuses: string[], status = 'passed', message = '') => ({
  name,
  status,
  message,
  assertionResults: statuses.map((one) => ({ status: one, fullName: `a test that ${one}` })),
});
const vitest = (...testResults: ReturnType<typeof vitestFile>[]): string => JSON.stringify({ testResults });

const spec = (projectName: string, ...statuses: string[]) => ({
  title: 'labels are kept',
  file: 'labelling.spec.ts',
  tests: statuses.map((status) => ({ projectName, status })),
});

describe('vitest', () => {
  it('counts golden files apart from the others, by the file and not by the folders above the project', () => {
    const report = readVitest(
      vitest(
        vitestFile('/a/shared/dsp/mel.test.ts', ['passed', 'failed', 'skipped', 'todo'], 'failed'),
        vitestFile('/a/scripts/golden/golden.test.ts', ['passed', 'passed']),
        vitestFile('/golden/retriever/main/x.test.ts', ['passed']),
      ),
    );
    expect(report.suites.get('unit')).toEqual({ passed: 2, failed: 1, skipped: 2 });
    expect(report.suites.get('golden')).toEqual({ passed: 2, failed: 0, skipped: 0 });
    expect(report.problems).toEqual([]);
  });

  it('counts a file that did not load as one failure', () => {
    const report = readVitest(vitest(vitestFile('/a/x.test.ts', [], 'failed', 'no such module\n at y')));
    expect(report.suites.get('unit')).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(report.problems).toEqual(['/a/x.test.ts: no such module']);
  });

  it('counts a failing afterAll beside passed tests', () => {
    const report = readVitest(vitest(vitestFile('/a/x.test.ts', ['passed'], 'failed')));
    expect(report.suites.get('unit')).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('takes a status it does not know for a failure', () => {
    expect(readVitest(vitest(vitestFile('/a.test.ts', ['exploded']))).suites.get('unit')?.failed).toBe(1);
  });
});

describe('failed tests', () => {
  it('are named with their file, what they said and the line of the project that said it', () => {
    const failed = {
      status: 'failed',
      fullName: 'MFCC any specification',
      failureMessages: [
        'Error: Property failed after 3 tests\n{ seed: 7 }\n\n    at run (/p/node_modules/fc.js:1)\n    at /p/main/a.test.ts:3:9',
      ],
    };
    const file = { name: '/p/main/a.test.ts', status: 'failed', assertionResults: [failed] };
    expect(readVitest(JSON.stringify({ testResults: [file] })).failures).toEqual([
      'a.test.ts: MFCC any specification\n      Error: Property failed after 3 tests\n      { seed: 7 }\n          at /p/main/a.test.ts:3:9',
    ]);
  });

  it('are told in the words of the attempt that failed, by host, without colours', () => {
    const results = [{}, { error: { message: '\u001b[31mTimeout\u001b[39m of 9 ms' } }];
    const tests = [{ projectName: 'chromium', status: 'flaky', results }];
    const report = JSON.stringify({ suites: [{ specs: [{ ...spec('chromium'), tests }] }] });
    expect(readPlaywright(report, ['chromium']).failures).toEqual([
      '[chromium] labelling.spec.ts: labels are kept\n      Timeout of 9 ms',
    ]);
  });
});

describe('playwright', () => {
  const projects = ['electron', 'chromium'];

  it('counts by project through nested suites; flaky and unexpected have failed', () => {
    const report = readPlaywright(
      JSON.stringify({
        suites: [
          { specs: [spec('electron', 'expected')], suites: [{ specs: [spec('electron', 'flaky')] }] },
          { specs: [spec('chromium', 'expected', 'unexpected', 'skipped')] },
        ],
        errors: [],
      }),
      projects,
    );
    expect(report.suites.get('electron')).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(report.suites.get('chromium')).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it('keeps errors outside tests', () => {
    const json = JSON.stringify({ suites: [], errors: [{ message: 'config is broken' }] });
    expect(readPlaywright(json, projects).problems).toEqual(['config is broken']);
  });
});

describe('errors outside every test', () => {
  it('are told with the file and the line that threw', () => {
    const stack =
      'Error: no\n    at node:internal/timers:1\n    at late (/p/main/late.ts:3:9)\n    at other (/p/x.ts:1)';
    const error = { message: 'no', stack, path: '/p/main/late.test.ts', test: 'is late' };
    expect(readUnhandled(JSON.stringify([error, { message: 'worker died', stack: '' }]))).toEqual([
      'no (during late.test.ts, is late), thrown at late (/p/main/late.ts:3:9)',
      'worker died',
    ]);
  });
});

describe('what is not believed', () => {
  const report = (passed: number, failed = 0, problems: string[] = []) => ({
    suites: new Map([['unit', { passed, failed, skipped: 1 }]]),
    failures: [],
    problems,
  });

  it('a runner that ends badly without naming a failed test', () => {
    expect(distrust(report(3), 'vitest ended with 1', ['unit'])).toEqual(['vitest ended with 1']);
    expect(distrust(report(3, 1), 'vitest ended with 1', ['unit'])).toEqual([]);
    expect(distrust(report(3, 0, ['said']), 'vitest ended with 1', ['unit'])).toEqual([]);
  });

  it('a required suite of which nothing ran, skipped or absent', () => {
    expect(distrust(report(0), '', ['unit'])).toEqual(['no test of the suite unit ran']);
    expect(distrust(report(1), '', ['unit', 'electron'])).toEqual(['no test of the suite electron ran']);
  });

  it('a chosen part in which nothing ran', () => {
    expect(distrust(report(0), '', [])).toEqual(['no test ran']);
    expect(distrust(report(1), '', [])).toEqual([]);
  });
});

describe('closing line', () => {
  it('names skipped tests only where there are some', () => {
    expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(closingLine({ passed: 12, failed: 3, skipped: 4 })).toBe('12 passed, 3 failed, 4 skipped');
  });

  it('sums over suites', () => {
    const a = { passed: 1, failed: 2, skipped: 3 };
    expect(total([a, a])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
