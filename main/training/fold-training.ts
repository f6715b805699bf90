// Trains one fold, epoch by epoch: chooses the epoch it keeps, writes checkpoints, goes on from one.
import { setImmediate } from 'node:timers/promises';
import type { Epoch } from '../../shared/contract/schemas.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { epochBatches } from './batches.ts';
import {
  type Checkpoint,
  type EpochSums,
  fingerprint,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';
import { createStep } from './choose-step.ts';
import type { FromTrainer, Interrupt, KeptEpoch, TrainJob } from './protocol.ts';
import { EpochSelection } from './selection.ts';
import type { TrainingStep } from './step.ts';

export interface FoldLine {
  /** Tells the engine. */
  readonly send: (message: FromTrainer) => void;
  /** How the fold is to end before its time, as soon as that is known. */
  readonly interrupted: () => Interrupt | null;
}

const NO_SUMS: EpochSums = { batches: 0, clips: 0, lossSum: 0, correct: 0, seconds: 0 };

/**
 * Trains a fold to its end or to an interrupt; everything but the end itself is sent on the way.
 * @throws Error where a loss is no number, UserError where the backend is not there
 */
export async function trainFold(job: TrainJob, line: FoldLine): Promise<FromTrainer> {
  const { step, model } = await createStep(job);
  line.send({ type: 'ready', path: step.path, how: step.how, model });
  return new FoldTraining(job, step, model, line).train();
}

class FoldTraining {
  readonly #job: TrainJob;
  readonly #step: TrainingStep;
  readonly #model: ModelArtifacts;
  readonly #line: FoldLine;
  readonly #fingerprint: string;
  readonly #selection: EpochSelection;
  readonly #epochs: Epoch[];
  #kept: KeptEpoch | null;
  #epoch: number;
  #sums: EpochSums;
  #savedAt = performance.now();
  #saveFailed = false;

  constructor(job: TrainJob, step: TrainingStep, model: ModelArtifacts, line: FoldLine) {
    this.#job = job;
    this.#step = step;
    this.#model = model;
    this.#line = line;
    this.#fingerprint = fingerprint(job);
    const from = job.checkpoint && readCheckpoint(job.checkpoint.file, this.#fingerprint);
    this.#selection = new EpochSelection(job.recipe.training, from ?? { best: null, epochsSinceBest: 0 });
    this.#epochs = [...(from?.epochs ?? [])];
    this.#kept = from?.kept ?? null;
    this.#epoch = from?.epoch ?? 1;
    this.#sums = from?.sums ?? NO_SUMS;
    if (!from) return;
    step.restore(from.state);
    line.send({ type: 'resumed', kept: from.kept, epochs: from.epochs });
  }

  async train(): Promise<FromTrainer> {
    while (this.#epoch <= this.#job.epochs && !this.#selection.exhausted) {
      const interrupt = await this.#trainEpoch();
      if (interrupt !== null) {
        if (interrupt === 'pause') this.#save();
        return { type: 'end', interrupt, stoppedEarly: false };
      }
      this.#closeEpoch();
    }
    return { type: 'end', interrupt: null, stoppedEarly: this.#epoch <= this.#job.epochs };
  }

  /** Trains on the batches that are left of the epoch, each clip scored with the weights it met. */
  async #trainEpoch(): Promise<Interrupt | null> {
    const { train, recipe, seed, fold } = this.#job;
    const batches = epochBatches(train, recipe.training.batchSize, seed, fold, this.#epoch);
    for (const [i, positions] of batches.entries()) {
      if (i < this.#sums.batches) continue;
      // Lets an interrupt in.
      await setImmediate();
      const interrupt = this.#line.interrupted();
      if (interrupt !== null) return interrupt;
      const startedAt = performance.now();
      const score = this.#step.train(positions);
      requireFinite(score.lossSum, `in epoch ${this.#epoch}, batch ${i + 1}`);
      const { clips, lossSum, correct, seconds } = this.#sums;
      this.#sums = {
        batches: i + 1,
        clips: clips + positions.length,
        lossSum: lossSum + score.lossSum,
        correct: correct + score.correct,
        seconds: seconds + secondsSince(startedAt),
      };
      this.#line.send({
        type: 'batch',
        epoch: this.#epoch,
        batch: i + 1,
        batches: batches.length,
        loss: this.#sums.lossSum / this.#sums.clips,
        accuracy: this.#sums.correct / this.#sums.clips,
      });
      this.#saveWhenDue();
    }
    return null;
  }

  /** Measures the epoch on the clips held out for it, and keeps it if it is to be kept. */
  #closeEpoch(): void {
    const { validation, test } = this.#job;
    const startedAt = performance.now();
    const chosenOn = validation.length > 0 ? validation : test;
    const heldOut = this.#step.evaluate(chosenOn);
    requireFinite(heldOut.lossSum, `on the held-out clips after epoch ${this.#epoch}`);
    const { clips, lossSum, correct, seconds } = this.#sums;
    const measured = {
      epoch: this.#epoch,
      loss: lossSum / clips,
      accuracy: correct / clips,
      heldOutLoss: heldOut.lossSum / chosenOn.length,
      heldOutAccuracy: heldOut.correct / chosenOn.length,
      seconds: 0,
    };
    let kept: KeptEpoch | null = null;
    if (this.#selection.take(measured)) {
      const { probabilities } = chosenOn === test ? heldOut : this.#step.evaluate(test);
      this.#kept = kept = { epoch: this.#epoch, weights: this.#step.weights(), probabilities };
    }
    const epoch = { ...measured, seconds: seconds + secondsSince(startedAt) };
    this.#epochs.push(epoch);
    this.#epoch += 1;
    this.#sums = NO_SUMS;
    this.#line.send({ type: 'epoch', epoch, kept, tensors: this.#step.tensors() });
    this.#saveWhenDue();
  }

  #saveWhenDue(): void {
    const { checkpoint } = this.#job;
    if (checkpoint && secondsSince(this.#savedAt) >= checkpoint.everySeconds) this.#save();
  }

  /** What cannot be written is said once; the last checkpoint stays. */
  #save(): void {
    const { checkpoint } = this.#job;
    if (!checkpoint) return;
    const state: Checkpoint = {
      epoch: this.#epoch,
      sums: this.#sums,
      state: this.#step.save(),
      kept: this.#kept,
      epochs: this.#epochs,
      model: this.#model,
      normalisation: this.#job.normalisation,
      ...this.#selection.state,
    };
    try {
      writeCheckpoint(checkpoint.file, this.#fingerprint, state);
      this.#saveFailed = false;
    } catch (error) {
      if (!this.#saveFailed) this.#line.send({ type: 'unsaved', reason: (error as Error).message });
      this.#saveFailed = true;
    }
    this.#savedAt = performance.now();
  }
}

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;

function requireFinite(loss: number, where: string): void {
  if (!Number.isFinite(loss))
    throw new Error(`The loss was no number ${where}: the learning rate may be too high for these clips`);
}
