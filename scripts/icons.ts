// `node scripts/icons.ts`: draws resources/icons/icon.png, 512 px, from icon.svg beside it, with Chromium.
import { chromium } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './provision/chromium.ts';
import { explain } from './provision/outcome.ts';
import { projectRoot } from './provision/paths.ts';

const SIZE_PX = 512;
const folder = join(projectRoot, 'resources', 'icons');

const found = await ensureChromium();
if (!found.ok) throw new Error(explain('Chromium', found));
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const browser = await chromium.launch({ executablePath: found.path, args });
try {
  const page = await browser.newPage({ viewport: { width: SIZE_PX, height: SIZE_PX } });
  const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  await page.screenshot({ path: join(folder, 'icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
