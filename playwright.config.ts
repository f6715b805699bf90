// End-to-end tests: the same specs in a real Electron window and in a real Chromium.
import { defineConfig } from '@playwright/test';
import type { HostOptions } from './e2e/fixtures/studio.ts';

export default defineConfig<HostOptions>({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 180_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'electron', use: { host: 'electron' } },
    { name: 'chromium', use: { host: 'chromium' } },
  ],
});
