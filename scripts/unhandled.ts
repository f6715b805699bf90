// A vitest reporter: what went wrong outside every test, which vitest fails a run for and its JSON report leaves out.
import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';
import { UNHANDLED_VARIABLE, type Unhandled } from './test-counts.ts';

export default class UnhandledReporter implements Reporter {
  onTestRunEnd(...[, errors]: Parameters<NonNullable<Reporter['onTestRunEnd']>>): void {
    const file = process.env[UNHANDLED_VARIABLE];
    if (file === undefined) return;
    const kept = errors.map((error): Unhandled => {
      const { VITEST_TEST_PATH: path, VITEST_TEST_NAME: test } = error as Record<string, unknown>;
      return {
        message: error.message,
        stack: error.stack ?? '',
        ...(typeof path === 'string' && { path }),
        ...(typeof test === 'string' && { test }),
      };
    });
    writeFileSync(file, JSON.stringify(kept));
  }
}
