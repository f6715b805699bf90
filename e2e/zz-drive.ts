import { cpSync, rmSync } from 'node:fs';
import { Studio } from './fixtures/studio.ts';
const ws = `/tmp/ws-drive-electron`;
rmSync(ws, { recursive: true, force: true });
cpSync('/tmp/ws-live', ws, { recursive: true });
const studio = new Studio('electron', ws);
const page = await studio.start({
  folder: '/work/wt/shared/data/emodb/wav',
  switches: [
    '--enable-logging=stderr',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    '--use-file-for-fake-audio-capture=/tmp/live-48000.wav',
  ],
});
const p = studio.electron.process();
p.stderr?.on('data', (d) => {
  const s = String(d);
  if (/FATAL|CHECK|#\d|ERROR/.test(s)) console.log(s.slice(0, 3000));
});
p.on('exit', (c, s) => console.log('exit', c, s));
const t0 = Date.now();
try {
  await page.waitForTimeout(4000);
  await page.keyboard.press('Control+5');
  await page.waitForTimeout(2500);
  await page.keyboard.press('Space');
  console.log('space', Date.now() - t0);
  await page.waitForTimeout(16000);
  console.log(await page.getByRole('complementary', { name: 'Input' }).innerText());
} catch (e) {
  console.log(String(e).slice(0, 200), Date.now() - t0);
}
await Promise.race([studio.stop().catch(() => 0), new Promise((r) => setTimeout(r, 4000))]);
process.exit(0);
