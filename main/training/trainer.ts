// The trainer process: trains one fold and tells its parent about it, batch by batch.
import { setImmediate } from 'node:timers/promises';
import { answerProbe, PROBE_ARGUMENT } from './backend.ts';
import { epochBatches } from './batches.ts';
import { createStep } from './choose-step.ts';
import type { FromTrainer, ToTrainer, TrainJob } from './protocol.ts';
import type { TrainingStep } from './step.ts';

const send = (message: FromTrainer): void => {
  process.send?.(message);
};

/** Trains to the end or to a cancel; everything but the end itself is sent on the way. */
async function trainFold(job: TrainJob, cancelled: () => boolean): Promise<FromTrainer> {
  const { step, model } = await createStep(job);
  const { recipe, train, test, seed, fold } = job;
  send({ type: 'ready', path: step.path, model });
  for (let epoch = 1; epoch <= job.epochs; epoch++) {
    const startedAt = performance.now();
    const batches = epochBatches(train, recipe.training.batchSize, seed, fold, epoch);
    const training = await trainEpoch(step, epoch, batches, cancelled);
    if (training === null) return { type: 'end', cancelled: true };
    const { lossSum, correct, probabilities } = step.evaluate(test);
    requireFinite(lossSum, `on the held-out clips after epoch ${epoch}`);
    send({
      type: 'epoch',
      epoch: {
        epoch,
        ...training,
        heldOutLoss: lossSum / test.length,
        heldOutAccuracy: correct / test.length,
        seconds: (performance.now() - startedAt) / 1000,
      },
      weights: step.weights(),
      probabilities,
      tensors: step.tensors(),
    });
  }
  return { type: 'end', cancelled: false };
}

/** Means over the epoch's clips, each scored with the weights it met; null where the fold was cancelled. */
async function trainEpoch(
  step: TrainingStep,
  epoch: number,
  batches: readonly Int32Array[],
  cancelled: () => boolean,
): Promise<{ loss: number; accuracy: number } | null> {
  let clips = 0;
  let lossSum = 0;
  let correct = 0;
  for (const [i, positions] of batches.entries()) {
    // Lets a cancel in.
    await setImmediate();
    if (cancelled()) return null;
    const score = step.train(positions);
    requireFinite(score.lossSum, `in epoch ${epoch}, batch ${i + 1}`);
    clips += positions.length;
    lossSum += score.lossSum;
    correct += score.correct;
    send({
      type: 'batch',
      epoch,
      batch: i + 1,
      batches: batches.length,
      loss: lossSum / clips,
      accuracy: correct / clips,
    });
  }
  return { loss: lossSum / clips, accuracy: correct / clips };
}

function requireFinite(loss: number, where: string): void {
  if (!Number.isFinite(loss))
    throw new Error(`The loss was no number ${where}: the learning rate may be too high for these clips`);
}

function run(): void {
  let cancelled = false;
  // Without its parent a trainer has nobody to work for.
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message: ToTrainer) => {
    if (message.type === 'cancel') {
      cancelled = true;
      return;
    }
    void trainFold(message.job, () => cancelled)
      .catch((error: unknown): FromTrainer => ({
        type: 'failed',
        reason: error instanceof Error ? error.message : String(error),
      }))
      // Exits once everything sent before has left.
      .then((end) => process.send?.(end, () => process.exit(0)));
  });
}

if (process.argv.includes(PROBE_ARGUMENT)) await answerProbe();
else run();
