// Tests of how a run's end is told.
import { describe, expect, it } from 'vitest';
import type { Epoch, Fold } from '../../shared/contract/schemas.ts';
import { endMessage } from './end-message.ts';

const epoch = (number: number): Epoch => ({
  epoch: number,
  loss: 1,
  accuracy: 0.5,
  heldOutLoss: 1,
  heldOutAccuracy: 0.5,
  seconds: 1,
});

const fold = (index: number, state: Fold['state'], epochs: number, error: string | null = null): Fold => ({
  index,
  heldOutSpeakers: [`s${index}`],
  validationSpeakers: [],
  trainClips: 8,
  validationClips: 0,
  testClips: 2,
  duplicatesLeftOut: 0,
  keptEpoch: state === 'failed' || epochs === 0 ? null : epochs,
  stoppedEarly: false,
  state,
  epochs: Array.from({ length: epochs }, (_, i) => epoch(i + 1)),
  accuracy: null,
  uar: null,
  error,
});

describe('endMessage', () => {
  it('has nothing to say about a run that went to its end', () => {
    expect(endMessage({ state: 'done', folds: [fold(0, 'done', 30)], epochs: 30 })).toBeNull();
  });

  it('tells what a failure left and what to do', () => {
    const lost = fold(0, 'failed', 2, 'The trainer was ended by SIGKILL.');
    expect(endMessage({ state: 'failed', folds: [lost], epochs: 30 })).toBe(
      '1 fold of 1 failed (1): The trainer was ended by SIGKILL. 2 of 30 epochs finished, no model kept. ' +
        'Start again.',
    );
    const failure = 'The engine ended while the run was under way';
    expect(endMessage({ state: 'failed', folds: [fold(0, 'running', 0)], epochs: 30, failure })).toBe(
      'The engine ended while the run was under way. No epoch finished, no model kept. Start again.',
    );
    const folds = [fold(0, 'done', 30), fold(1, 'running', 3)];
    expect(endMessage({ state: 'failed', folds, epochs: 30, failure })).toBe(
      'The engine ended while the run was under way. 1 of 2 folds were finished and are kept.',
    );
  });

  it('tells which models a cancel kept, and what the scores are over', () => {
    const folds = [fold(0, 'done', 4), fold(1, 'cancelled', 2), fold(2, 'cancelled', 0)];
    expect(endMessage({ state: 'cancelled', folds, epochs: 4 })).toBe(
      'Cancelled with 1 of 3 folds finished, fold 2 with epoch 2 of 4; their models are kept. Scores are over the ' +
        '1 finished fold.',
    );
  });

  it('names a few clips that were left out, and counts the others', () => {
    const leftOut = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, reason: 'too short' }));
    expect(endMessage({ state: 'done', folds: [fold(0, 'done', 4)], epochs: 4, leftOut })).toBe(
      'Left out, because they have no features: a (too short); b (too short); c (too short) and 2 more.',
    );
  });
});
