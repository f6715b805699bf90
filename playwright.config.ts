// End-to-end tests: the same specs in a real Electron window and in a real Chromium.
import { defineConfig } from '@playwright/test';
import type { HostOptions } from './e2e/fixtures/studio.ts';

export default defineConfig<HostOptions>({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: [['list']],
  use: { actionTimeout: 15_000, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  // A spec about one host alone carries its name: *.electron.spec.ts, *.chromium.spec.ts.
  projects: [
    { name: 'electron', testIgnore: '**/*.chromium.spec.ts', use: { host: 'electron' } },
    { name: 'chromium', testIgnore: '**/*.electron.spec.ts', use: { host: 'chromium' } },
  ],
});
