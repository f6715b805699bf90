// Tests of a run in words.
import { describe, expect, it, test } from 'vitest';
import {
  epochShown,
  overlaidInWords,
  paceOf,
  percent,
  runShare,
  runTitle,
  scoredPart,
  splitInWords,
  timeLeft,
  whyNoModel,
  wholeNumber,
} from './words.ts';

test('a split is told with the settings it has, so that two that differ read differently', () => {
  expect(splitInWords({ name: 'loso' })).toBe('Leave one speaker out');
  expect(splitInWords({ name: 'random', share: 0.2 })).toBe('Random 80 / 20');
  expect(splitInWords({ name: 'random', share: 0.5 })).toBe('Random 50 / 50');
  expect(splitInWords({ name: 'random', share: 0.2001 })).toBe('Random 79.99 / 20.01');
  expect(splitInWords({ name: 'grouped-k-fold', folds: 5 })).toBe('Groups of speakers, 5 folds');
  const held = { name: 'hold-out-speakers', share: 0.2 } as const;
  expect(splitInWords({ ...held, speakers: [] })).toBe('Hold out speakers, 20 % of them');
  expect(splitInWords({ ...held, speakers: ['08', '03'] })).toBe('Hold out speakers: 03, 08');
  const labelMap = { wut: 'anger', fear: 'fear', disgust: null };
  const cross = { name: 'cross-corpus', testCorpusId: 2, labelMap } as const;
  expect(splitInWords(cross, 'Other')).toBe('Another corpus: Other, disgust left out, wut as anger');
});

test('a fold shows the epoch that it kept, and the latest until it keeps one', () => {
  const epochs = [1, 2, 3].map((epoch) => ({
    ...{ epoch, loss: 1, accuracy: 1, seconds: 1 },
    ...{ heldOutLoss: 2 + Math.abs(epoch - 2), heldOutAccuracy: 0.5 },
  }));
  expect(epochShown({ epochs, keptEpoch: 2 })?.heldOutLoss).toBe(2);
  expect(epochShown({ epochs, keptEpoch: null })?.epoch).toBe(3);
  expect(epochShown({ epochs: [], keptEpoch: null })).toBeUndefined();
});

test('runs laid over another say what each is measured on', () => {
  const on = (runId: number, heldOut: 'test' | 'validation' | null) => ({ runId, heldOut });
  expect(overlaidInWords([on(4, null)])).toBe('over 1 other run');
  expect(overlaidInWords([on(4, 'test'), on(5, 'test')])).toBe('over 2 other runs, test mean');
  expect(overlaidInWords([on(6, 'validation'), on(5, 'test'), on(4, 'test')])).toBe(
    'over 3 other runs: test mean of 5, 4, validation mean of 6',
  );
});

describe('wholeNumber', () => {
  it('takes digits between the bounds, and nothing else', () => {
    expect(wholeNumber(' 30 ', 1, 10_000)).toBe(30);
    expect(wholeNumber('2147483647', 0, 2_147_483_647)).toBe(2_147_483_647);
    for (const text of ['', '0', '10001', '-3', '3.5', '1e3', '30 epochs', '99999999999']) {
      expect(wholeNumber(text, 1, 10_000)).toBeNull();
    }
  });
});

describe('a run', () => {
  const run = {
    name: '',
    recipe: 'classic',
    split: 'loso',
    state: 'running',
    epochs: 30,
    folds: 6,
    epochsDone: 115,
  } as const;

  it('has a title and a share of its epochs over all folds', () => {
    expect(runTitle({ ...run, name: 'Baseline' })).toBe('Baseline');
    expect(runTitle(run)).toBe('Classic · LOSO');
    expect(percent(runShare(run))).toBe('63 %');
    expect(percent(runShare({ ...run, folds: 0 }))).toBe('–');
  });

  it('is not done before it is, and done when it is', () => {
    expect(percent(runShare({ ...run, epochsDone: 179 }))).toBe('99 %');
    expect(percent(runShare({ ...run, state: 'done', epochsDone: 150 }))).toBe('100 %');
  });

  it('tells the time left only when it is known', () => {
    expect(timeLeft({ state: 'running', etaSeconds: 130 })).toBe('2 min 10 s left');
    expect(timeLeft({ state: 'running', etaSeconds: null })).toBe('time left not known yet');
    expect(timeLeft({ state: 'queued', etaSeconds: null })).toBe('waits its turn');
  });

  it('lends its pace to the next one', () => {
    expect(paceOf({ seconds: 60, epochsDone: 30 }, 180)).toBe(360);
    expect(paceOf({ seconds: 3, epochsDone: 0 }, 180)).toBeNull();
  });

  it('tells what its score is over where that is not all of it', () => {
    const scored = { uar: 0.36, folds: 10, foldsDone: 4, epochs: 30, epochsDone: 131 };
    expect(scoredPart(scored)).toBe('4 of 10 folds');
    expect(scoredPart({ ...scored, foldsDone: 10 })).toBe('');
    expect(scoredPart({ ...scored, uar: null })).toBe('');
    expect(scoredPart({ ...scored, foldsDone: 0 })).toBe('unfinished folds');
    expect(scoredPart({ ...scored, folds: 1, foldsDone: 0, epochsDone: 12 })).toBe('epoch 12 of 30');
  });

  it('says why it has no model to answer with', () => {
    const fold = {
      index: 0,
      heldOutSpeakers: [],
      validationSpeakers: [],
      trainClips: 8,
      validationClips: 0,
      testClips: 2,
      duplicatesLeftOut: 0,
      keptEpoch: null,
      stoppedEarly: false,
      accuracy: null,
      uar: null,
    };
    const epoch = { epoch: 1, loss: 1, accuracy: 1, heldOutLoss: 1, heldOutAccuracy: 1, seconds: 1 };
    const of = (state: 'done' | 'running' | 'cancelled' | 'failed', epochs: number): string | null => {
      const epochList = Array.from({ length: epochs }, () => epoch);
      return whyNoModel({
        runId: 3,
        state,
        foldDetails: [{ ...fold, state, epochs: epochList, error: null }],
      });
    };
    expect(of('done', 30)).toBeNull();
    expect(of('cancelled', 2)).toBeNull();
    expect(of('cancelled', 0)).toContain('cancelled before an epoch was finished');
    expect(of('failed', 2)).toContain('failed before a fold was done');
    expect(of('running', 2)).toContain('as soon as its first fold is done');
  });
});
