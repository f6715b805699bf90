// The supervisor's promises: who waits, who is told, and when it is over, whatever kind of process the engine has.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EngineLine, type EngineProcessEvents, EngineSupervisor } from './engine-supervisor.ts';
import type { HostToEngine } from './messages.ts';

interface Started {
  readonly events: EngineProcessEvents;
  readonly sent: HostToEngine[];
}

let started: Started[];
let told: string[];
let supervisor: EngineSupervisor;

/** Starts processes that do nothing but what a test says. */
function supervise(): EngineSupervisor {
  return new EngineSupervisor(
    (events) => {
      const sent: HostToEngine[] = [];
      const processId = started.push({ events, sent });
      return {
        processId,
        send: (message) => {
          sent.push(message);
          if (message.type === 'shutdown') events.onEnd();
        },
        kill: () => events.onEnd(),
      };
    },
    {
      onRefused: (message) => told.push(`refused: ${message}`),
      onGaveUp: (message) => told.push(`gave up: ${message}`),
    },
  );
}

const last = (): Started => started.at(-1)!;
const becomeReady = (): void => last().events.onMessage({ type: 'ready' });

/** A line that opens connection 1, and notes in `happened` what becomes of it. */
function line(): EngineLine & { readonly happened: string[] } {
  const happened: string[] = [];
  return {
    happened,
    introduce: (engine) => {
      happened.push(`met ${engine.processId}`);
      engine.send({ type: 'open', connection: 1 });
    },
    onClose: () => happened.push('closed'),
  };
}

async function crashUntilGivenUp(): Promise<void> {
  while (supervisor.failure === null) {
    last().events.onEnd();
    await vi.advanceTimersByTimeAsync(2_000);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  started = [];
  told = [];
  supervisor = supervise();
});
afterEach(() => vi.useRealTimers());

it('is ready only once an engine takes calls, though the first one ended before', async () => {
  let ready = false;
  void supervisor.ready.then(() => (ready = true));
  last().events.onEnd();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(started).toHaveLength(2);
  expect(ready).toBe(false);
  becomeReady();
  await supervisor.ready;
  expect(supervisor.processId).toBe(2);
});

it('closes the lines an engine knew of, and keeps those that wait for the next', async () => {
  becomeReady();
  const met = line();
  supervisor.join(met);
  last().events.onEnd();
  const waiting = line();
  supervisor.join(waiting);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([met.happened, waiting.happened]).toEqual([['met 1', 'closed'], []]);
  becomeReady();
  expect(waiting.happened).toEqual(['met 2']);
  expect(last().sent).toEqual([{ type: 'open', connection: 1 }]);
});

it('does not close a line that was taken back', () => {
  becomeReady();
  const left = line();
  const leave = supervisor.join(left);
  expect(leave()).toBe(true);
  last().events.onEnd();
  expect(left.happened).toEqual(['met 1']);
  expect(leave()).toBe(false);
});

it('gives up an engine that keeps ending: it says so once, and lets no page wait for it', async () => {
  const waiting = line();
  supervisor.join(waiting);
  const { ready } = supervisor;
  await crashUntilGivenUp();
  expect(started).toHaveLength(6);
  expect(told).toEqual([expect.stringMatching(/^gave up: .*ended 6 times in a row.*Start it again/)]);
  expect(supervisor.failure).toContain('6 times in a row');
  await expect(ready).rejects.toThrow('6 times in a row');
  const late = line();
  supervisor.join(late);
  await Promise.resolve();
  expect([waiting.happened, late.happened]).toEqual([['closed'], ['closed']]);
});

it('starts again after it gave up when it is asked to, with as many restarts as before', async () => {
  supervisor.startAgain();
  expect(started).toHaveLength(1);
  await crashUntilGivenUp();
  supervisor.startAgain();
  supervisor.startAgain();
  expect(started).toHaveLength(7);
  expect(supervisor.failure).toBeNull();
  becomeReady();
  await supervisor.ready;
  await crashUntilGivenUp();
  expect(started).toHaveLength(12);
  expect(told).toHaveLength(2);
});

it('does not start an engine again that refused, until it is asked to', async () => {
  const first = last();
  first.events.onMessage({ type: 'refused', message: 'The workspace is taken.' });
  await expect(supervisor.ready).rejects.toThrow('The workspace is taken.');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(started).toHaveLength(1);
  supervisor.startAgain();
  // Its end comes late, and is not the end of the next one.
  first.events.onEnd();
  becomeReady();
  await supervisor.ready;
  expect(supervisor.processId).toBe(2);
  expect(told).toEqual(['refused: The workspace is taken.']);
});

it('starts none while it stops, also one whose restart was due', async () => {
  last().events.onEnd();
  await supervisor.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(started).toHaveLength(1);
  await expect(supervisor.ready).rejects.toThrow('closing');
});
