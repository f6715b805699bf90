// The Live room on a microphone that plays known clips: what it says is what the model says offline, and it recovers.
import { cpSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import {
  ALLOWED,
  compareOffline,
  fakeMicrophone,
  forgetLive,
  prepareLive,
  recordings,
  type Prepared,
} from './fixtures/live.ts';
import { startPulse } from './fixtures/pulse.ts';
import { expect, test, type Studio } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

let prepared: Prepared;
test.beforeAll(async () => {
  prepared = await prepareLive();
});
test.afterAll(() => forgetLive(prepared));

interface StartOptions {
  readonly switches: readonly string[];
  readonly before?: () => Promise<void>;
}

/** Opens the room and begins to listen. */
async function listen(studio: Studio, { switches, before }: StartOptions): Promise<Page> {
  cpSync(prepared.workspace, studio.workspace, { recursive: true });
  const page = await studio.start({ switches });
  await before?.();
  const rooms = new Rooms(studio);
  await rooms.expectOpen('clips');
  await rooms.goTo('Live');
  await page.getByRole('button', { name: /^Listen/ }).click();
  return page;
}

const badge = (page: Page) => page.getByRole('complementary', { name: 'Input' }).getByRole('status').first();
const word = (page: Page) => page.getByRole('region', { name: 'Now' }).getByRole('status').first();
/** Any answer there is: the engine listens. */
const ANSWER = /^(Silence|Unsure|Anger|Boredom|Disgust|Fear|Happiness|Neutral|Sadness)$/;
const microphone = (): string[] => [ALLOWED, ...fakeMicrophone(prepared.microphone)];

test('what it says live is what the model says of the very samples, and silence stays silent', async ({
  studio,
}) => {
  // Half a minute is listened to, and a hundred windows are predicted one by one, perhaps beside other work.
  test.setTimeout(240_000);
  const page = await listen(studio, { switches: microphone() });
  await expect(badge(page)).toHaveText('listening');
  await expect(word(page)).toHaveText(ANSWER);
  await expect(page.getByText(/kept .* on/)).toHaveCount(0);
  for (let part = 1; part <= 3; part++) {
    // A stretch of half a minute in three recordings.
    await page.waitForTimeout(part === 1 ? 11_000 : 9000);
    await page.keyboard.press('s');
    await expect.poll(() => kept(studio)).toBe(part);
  }
  const latency = await page.getByText(/^p95 /).innerText();
  expect(studio.troubles).toEqual([]);
  await studio.stop();

  const all = recordings(studio.workspace);
  for (const { samples, sampleRateHz, windows } of all) {
    // The fake microphone runs late on a loaded machine.
    expect(samples.length / sampleRateHz).toBeGreaterThan(5);
    expect(samples.length / sampleRateHz).toBeLessThanOrEqual(10);
    for (const { startSample, endSample, state, raw } of windows) {
      const silent = samples.subarray(startSample, endSample).every((value) => Math.abs(value) < 1e-3);
      if (silent) expect({ state, raw }).toEqual({ state: 'silence', raw: null });
    }
  }
  const { voiced, sameLabel, worst } = await compareOffline(studio.workspace, all);
  console.log(`${voiced} voiced windows, worst difference ${worst.toExponential(1)}, latency ${latency}`);
  expect(voiced).toBeGreaterThan(60);
  expect(sameLabel).toBeGreaterThanOrEqual(0.99);
  expect(worst).toBeLessThan(1e-3);
});

function kept(studio: Studio): number {
  try {
    return recordings(studio.workspace).length;
  } catch {
    return 0;
  }
}

test('a microphone that is refused is explained, and heard as soon as it is allowed', async ({ studio }) => {
  const allow = async (allowed: boolean): Promise<void> => {
    if (studio.host === 'chromium') {
      if (allowed) await studio.page.context().grantPermissions(['microphone']);
      return;
    }
    await studio.electron.evaluate(({ session }, answer) => {
      session.defaultSession.setPermissionRequestHandler((_contents, _permission, reply) => reply(answer));
      session.defaultSession.setPermissionCheckHandler(() => answer);
    }, allowed);
  };
  const page = await listen(studio, {
    switches: fakeMicrophone(prepared.microphone),
    before: () => allow(false),
  });
  await expect(badge(page)).toHaveText('refused');
  await expect(page.getByRole('alert')).toContainText('may not be used');
  await allow(true);
  await expect(badge(page)).toHaveText('listening');
  await expect(word(page)).toHaveText(ANSWER);
});

test('the page gets the microphone and no other device', async ({ studio }) => {
  const page = await studio.start({ switches: fakeMicrophone(prepared.microphone) });
  const asked = await page.evaluate(async () => {
    const outcome = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'granted',
        (error: unknown) => (error as Error).name,
      );
    return {
      camera: await outcome(navigator.mediaDevices.getUserMedia({ video: true })),
      both: await outcome(navigator.mediaDevices.getUserMedia({ audio: true, video: true })),
      position: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          () => resolve('denied'),
        );
      }),
    };
  });
  expect(asked).toEqual({ camera: 'NotAllowedError', both: 'NotAllowedError', position: 'denied' });
  if (studio.host === 'electron') {
    const audio = await page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then((stream) => stream.getAudioTracks().length),
    );
    expect(audio).toBe(1);
  }
});

test('it goes on by itself after the engine was killed', async ({ studio }) => {
  const page = await listen(studio, { switches: microphone() });
  const { statusBar } = new Rooms(studio);
  await expect(word(page)).toHaveText(ANSWER);
  process.kill(await studio.enginePid(), 'SIGKILL');
  await expect(word(page)).toHaveText('Getting ready');
  await expect(statusBar).toContainText('Engine ready');
  await expect(word(page)).toHaveText(ANSWER);
  await expect(badge(page)).toHaveText('listening');
});

test('a model that is deleted is named, and listens again when it is back', async ({ studio }) => {
  const page = await listen(studio, { switches: microphone() });
  await expect(word(page)).toHaveText(ANSWER);
  const model = path.join(studio.workspace, 'runs', '1', 'fold-0', 'model.json');
  renameSync(model, `${model}.away`);
  await expect(page.getByRole('alert')).toContainText('deleted from the disk');
  await expect(page.getByRole('alert')).toContainText(model);
  // It answers from memory until it is stopped.
  await expect(word(page)).toHaveText(ANSWER);
  await page.keyboard.press('Space');
  await expect(word(page)).toHaveText('Not listening');
  await page.keyboard.press('Space');
  await expect(page.getByRole('alert')).toContainText(model);
  renameSync(`${model}.away`, model);
  await expect(word(page)).toHaveText(ANSWER);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a microphone that is unplugged is missed, and heard again when it is back', async ({ studio }) => {
  const pulse = await startPulse();
  test.skip(pulse === null, 'PulseAudio is not there');
  try {
    await pulse!.plug();
    const page = await listen(studio, { switches: [ALLOWED] });
    await expect(badge(page)).toHaveText('listening');
    await expect(word(page)).toHaveText(ANSWER);
    await pulse!.unplug();
    await expect(badge(page)).toHaveText(/unplugged|no microphone/);
    await expect(page.getByRole('alert')).toBeVisible();
    await pulse!.plug();
    await expect(badge(page)).toHaveText('listening');
    await expect(word(page)).toHaveText(ANSWER);
  } finally {
    await studio.stop();
    await pulse!.stop();
  }
});

test('presenter mode says one word, freezes, plays a clip, and ends', async ({ studio }) => {
  const page = await listen(studio, { switches: microphone() });
  await expect(word(page)).toHaveText(ANSWER);
  await page.keyboard.press('F11');
  const stage = page.getByRole('region', { name: 'Presenter' });
  await expect(stage.getByRole('status')).toHaveText(ANSWER);
  await expect(stage).toContainText(/right \d+ times in 10\s*shares speakers/);
  await page.keyboard.press('f');
  await expect(stage).toContainText('frozen');
  await page.keyboard.press('f');
  await page.keyboard.press('j');
  await expect(stage.getByRole('status')).toHaveText(ANSWER);
  // The room is heard again behind the clip.
  await expect(stage).toContainText(/silent|hearing a voice/);
  await page.keyboard.press('Escape');
  await expect(stage).toHaveCount(0);
  expect(studio.troubles).toEqual([]);
});
