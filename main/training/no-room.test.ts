// Tests of waiting for room on a disk that really has none.
import { existsSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isNoRoom, whenThereIsRoom } from './no-room.ts';

const FULL = '/dev/full';

it.runIf(existsSync(FULL))('goes on once there is room, and says when it waits', async () => {
  const told: boolean[] = [];
  let tries = 0;
  const work = (): string => {
    if (++tries === 1) writeFileSync(FULL, 'a');
    return 'written';
  };
  expect(await whenThereIsRoom(work, (waits) => told.push(waits), new AbortController().signal)).toBe(
    'written',
  );
  expect(told).toEqual([true, false]);
  expect(tries).toBe(2);
});

it.runIf(existsSync(FULL))('waits no longer than its signal', async () => {
  const stop = new AbortController();
  const waiting = whenThereIsRoom(
    () => writeFileSync(FULL, 'a'),
    () => stop.abort(),
    stop.signal,
  );
  const error = await waiting.catch((reason: unknown) => reason);
  expect(isNoRoom(error)).toBe(true);
});

it('passes every other error on at once', async () => {
  const broken = whenThereIsRoom(
    () => {
      throw new Error('broken');
    },
    () => expect.unreachable(),
    new AbortController().signal,
  );
  await expect(broken).rejects.toThrow('broken');
});
