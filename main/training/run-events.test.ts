// Tests of the events' way to slow and fast watchers.
import { expect, it } from 'vitest';
import type { RunEvent } from '../../shared/contract/schemas.ts';
import { RunBroadcast } from './run-events.ts';

const snapshot = { type: 'snapshot' } as RunEvent;
const batch = (fold: number, epoch: number, n: number): RunEvent => ({
  type: 'batch',
  fold,
  epoch,
  batch: n,
  batches: 9,
  loss: 1,
  accuracy: 0,
});
const epoch = (fold: number, n: number): RunEvent =>
  ({ type: 'epoch', fold, epoch: { epoch: n } }) as RunEvent;
const brief = (event: RunEvent): string =>
  event.type === 'batch'
    ? `b${event.fold}.${event.epoch}.${event.batch}`
    : event.type === 'epoch'
      ? `e${event.fold}.${event.epoch.epoch}`
      : event.type;

it('begins with a snapshot, keeps every epoch, and only the newest unread batch of each fold', async () => {
  const broadcast = new RunBroadcast();
  const events = broadcast.watch(() => snapshot);
  expect(brief((await events.next()).value!)).toBe('snapshot');
  const waiting = events.next();
  broadcast.publish(batch(0, 1, 1));
  expect(brief((await waiting).value!)).toBe('b0.1.1');
  for (let n = 2; n <= 9; n++) {
    broadcast.publish(batch(0, 1, n));
    broadcast.publish(batch(1, 1, n));
  }
  broadcast.publish(epoch(0, 1));
  broadcast.publish(batch(0, 2, 1));
  broadcast.publish(batch(0, 2, 2));
  broadcast.end();
  const rest: string[] = [];
  for await (const event of events) rest.push(brief(event));
  expect(rest).toEqual(['b0.1.9', 'b1.1.9', 'e0.1', 'b0.2.2']);
});

it('gives each watcher all events, whatever another one does', async () => {
  const broadcast = new RunBroadcast();
  const idle = broadcast.watch(() => snapshot);
  await idle.next();
  const eager = broadcast.watch(() => snapshot);
  await eager.next();
  broadcast.publish(epoch(0, 1));
  expect(brief((await eager.next()).value!)).toBe('e0.1');
  await idle.return();
  broadcast.publish(epoch(0, 2));
  expect(brief((await eager.next()).value!)).toBe('e0.2');
});

it('ends a stream that waits when its signal says so', async () => {
  const stop = new AbortController();
  const events = new RunBroadcast().watch(() => snapshot, stop.signal);
  await events.next();
  const waiting = events.next();
  stop.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
});
