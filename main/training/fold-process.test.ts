// Tests of a fold in its process: both backends, repeatable, cancelled, crashed.
import { expect, describe, it } from 'vitest';
import type { Epoch } from '../../shared/contract/schemas.ts';
import { startFold, type FoldListener, type FoldOutcome } from './fold-process.ts';
import type { BatchMessage, EpochMessage, TrainJob } from './protocol.ts';
import { availableBackends, tinyJob } from './testing.ts';

const backends = await availableBackends();
const SILENT: FoldListener = { onReady: () => undefined, onBatch: () => undefined, onEpoch: () => undefined };

interface Record {
  outcome: FoldOutcome;
  batches: BatchMessage[];
  epochs: EpochMessage[];
}

async function train(job: TrainJob): Promise<Record> {
  const batches: BatchMessage[] = [];
  const epochs: EpochMessage[] = [];
  const { outcome } = startFold(
    job,
    { ...SILENT, onBatch: (batch) => batches.push(batch), onEpoch: (epoch) => epochs.push(epoch) },
    1,
  );
  return { outcome: await outcome, batches, epochs };
}

const curves = ({ epochs }: Record): Omit<Epoch, 'seconds'>[] =>
  epochs.map(({ epoch: { seconds: _, ...epoch } }) => epoch);

/** Trains without end and interrupts: after so many finished epochs, or inside the first one. */
function interrupted(
  after: number,
  interrupt: (fold: ReturnType<typeof startFold>) => void,
): Promise<FoldOutcome> {
  const endless = Int32Array.from({ length: 1_000_000 }, (_, i) => i % 30);
  let finished = 0;
  let begun = false;
  const fold = startFold(
    tinyJob({ epochs: 10_000, ...(after === 0 && { train: endless }) }),
    {
      ...SILENT,
      onBatch: () => {
        if (after === 0 && !begun) interrupt(fold);
        begun = true;
      },
      onEpoch: () => {
        if (++finished === after) interrupt(fold);
      },
    },
    1,
  );
  return fold.outcome;
}

describe.each(backends)('training on %s', (backend) => {
  it('learns, repeats itself for a seed, and keeps no tensor from epoch to epoch', async () => {
    const job = tinyJob({ backend, epochs: 12 });
    const [first, second] = await Promise.all([train(job), train(job)]);
    expect(first.outcome).toMatchObject({ state: 'done', reason: null });
    expect(curves(first)).toEqual(curves(second));
    expect(first.epochs.map(({ epoch }) => epoch.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(first.epochs.at(-1)!.epoch.loss).toBeLessThan(0.8 * first.epochs[0]!.epoch.loss);
    expect(new Set(first.epochs.map(({ tensors }) => tensors)).size).toBe(1);
    expect(first.outcome.kept!.weights).toEqual(second.outcome.kept!.weights);
  });

  it('tells of every batch, with means that end in the epoch’s', async () => {
    const { batches, epochs } = await train(tinyJob({ backend, epochs: 2 }));
    expect(batches.map(({ epoch, batch, batches }) => [epoch, batch, batches])).toEqual(
      [1, 2].flatMap((epoch) => [1, 2, 3, 4].map((batch) => [epoch, batch, 4])),
    );
    expect(batches[3]!.loss).toBe(epochs[0]!.epoch.loss);
    expect(batches[7]!.accuracy).toBe(epochs[1]!.epoch.accuracy);
    expect(epochs[1]!.kept!.probabilities).toHaveLength(30);
  });

  it('fails with a reason where the loss is no number', async () => {
    const features = tinyJob().features.fill(Number.NaN, 0, 15);
    const { outcome } = await train(tinyJob({ backend, features }));
    expect(outcome.state).toBe('failed');
    expect(outcome.reason).toMatch(/no number in epoch 1, batch [1-4]/);
  });
});

it.runIf(backends.length === 2)('gives the same losses on both backends', async () => {
  const records = await Promise.all(backends.map((backend) => train(tinyJob({ backend, epochs: 6 }))));
  const [native, wasm] = records.map(curves);
  expect(native).toHaveLength(6);
  native!.forEach((epoch, i) => {
    expect(Math.abs(epoch.loss / wasm![i]!.loss - 1)).toBeLessThan(1e-3);
    expect(Math.abs(epoch.heldOutLoss / wasm![i]!.heldOutLoss - 1)).toBeLessThan(1e-3);
  });
});

it('keeps the last finished epoch when it is cancelled', async () => {
  const outcome = await interrupted(2, (fold) => fold.interrupt('cancel'));
  expect(outcome.state).toBe('cancelled');
  expect(outcome.kept!.epoch).toBeGreaterThanOrEqual(2);
  const { weights, probabilities } = outcome.kept!;
  expect(weights.every(Number.isFinite)).toBe(true);
  expect(probabilities).toHaveLength(30);
  // The very weights that an uninterrupted run has after that epoch.
  const { epochs } = await train(tinyJob({ epochs: outcome.kept!.epoch }));
  expect(weights).toEqual(epochs.at(-1)!.kept!.weights);
});

it('keeps nothing when it is cancelled inside the first epoch', async () => {
  const outcome = await interrupted(0, (fold) => fold.interrupt('cancel'));
  expect(outcome).toMatchObject({ state: 'cancelled', reason: null, kept: null });
});

it('is cancelled even while it does not listen', async () => {
  const outcome = await interrupted(1, (fold) => {
    process.kill(fold.processId!, 'SIGSTOP');
    fold.interrupt('cancel');
  });
  expect(outcome.state).toBe('cancelled');
  expect(outcome.kept).not.toBeNull();
});

it('is a failed fold with a reason when its process is killed', async () => {
  const outcome = await interrupted(1, (fold) => process.kill(fold.processId!, 'SIGKILL'));
  expect(outcome.state).toBe('failed');
  expect(outcome.reason).toContain('was ended by SIGKILL');
});
