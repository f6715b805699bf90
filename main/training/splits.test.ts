// Tests of the splits: no voice on both sides, every label on both, the same folds for the same seed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import { assertSpeakersApart, planFolds, type SplitClip } from './splits.ts';

const LABELS = ['anger', 'fear', 'sadness'];

/** Corpora in which every speaker says every label one to four times. */
const corpora = fc
  .array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }), {
    minLength: 2,
    maxLength: 8,
  })
  .map((counts): SplitClip[] =>
    counts.flatMap((perLabel, speaker) =>
      perLabel.flatMap((takes, label) =>
        Array.from({ length: takes }, (_, take) => ({
          path: `${speaker}/${label}-${take}.wav`,
          speaker: `s${speaker}`,
          label,
        })),
      ),
    ),
  );
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function problem(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('leave-one-speaker-out', () => {
  it('tests every clip once, by a model that never heard its speaker', () => {
    fc.assert(
      fc.property(corpora, (clips) => {
        const folds = planFolds('loso', clips, LABELS, 1);
        expect(folds.flatMap((fold) => [...fold.test]).sort((a, b) => a - b)).toEqual([...clips.keys()]);
        for (const { heldOutSpeakers, train, test } of folds) {
          expect(new Set([...test].map((i) => clips[i]!.speaker))).toEqual(new Set(heldOutSpeakers));
          expect([...train].some((i) => heldOutSpeakers.includes(clips[i]!.speaker!))).toBe(false);
          expect(train.length + test.length).toBe(clips.length);
        }
      }),
    );
  });

  it('notices a speaker on both sides', () => {
    const clips = planFolds('loso', twoSpeakers(), LABELS.slice(0, 2), 1);
    const leaky = { ...clips[0]!, train: Int32Array.of(0, 4) };
    expect(() => assertSpeakersApart(leaky, twoSpeakers())).toThrow('in training and in test');
  });

  it('refuses clips without a speaker, and says what to do', () => {
    const clips = twoSpeakers().map((clip, i) => (i === 2 ? { ...clip, speaker: null } : clip));
    const error = problem(() => planFolds('loso', clips, LABELS.slice(0, 2), 1));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain('1 of 8 clips name no speaker: c2.wav');
    expect(error.data).toMatchObject({ path: 'c2.wav', next: expect.stringContaining('random split') });
  });

  it('refuses a single speaker, and a label that one speaker alone says', () => {
    const one = twoSpeakers().filter(({ speaker }) => speaker === 'a');
    expect(problem(() => planFolds('loso', one, LABELS.slice(0, 2), 1)).message).toContain(
      'at least two speakers',
    );
    const lonely = twoSpeakers().map((clip) => (clip.speaker === 'b' ? { ...clip, label: 0 } : clip));
    expect(problem(() => planFolds('loso', lonely, LABELS.slice(0, 2), 1)).message).toContain(
      'Only speaker a says "fear"',
    );
  });
});

describe('the random split', () => {
  it('tests a fifth, with every label on both sides and no clip on two', () => {
    fc.assert(
      fc.property(corpora, seeds, (clips, seed) => {
        const [fold, ...more] = planFolds('random', clips, LABELS, seed);
        expect(more).toEqual([]);
        expect([...fold!.train, ...fold!.test].sort((a, b) => a - b)).toEqual([...clips.keys()]);
        for (const side of [fold!.train, fold!.test])
          expect(new Set([...side].map((i) => clips[i]!.label))).toEqual(new Set([0, 1, 2]));
        const wanted = Math.max(LABELS.length, Math.ceil(clips.length / 5));
        expect(fold!.test.length).toBe(wanted);
      }),
    );
  });

  it('keeps the labels in proportion to within one clip', () => {
    const sizes = [127, 81, 46];
    const clips = sizes.flatMap((size, label) =>
      Array.from({ length: size }, (_, i) => ({ path: `${label}-${i}`, speaker: null, label })),
    );
    const [fold] = planFolds('random', clips, LABELS, 3);
    sizes.forEach((size, label) => {
      const tested = [...fold!.test].filter((i) => clips[i]!.label === label).length;
      expect(Math.abs(tested - size / 5)).toBeLessThanOrEqual(1);
    });
    expect(fold!.test.length).toBe(51);
  });

  it('is the same for the same seed and another for another', () => {
    const clips = Array.from({ length: 200 }, (_, i) => ({ path: `${i}`, speaker: null, label: i % 3 }));
    expect(planFolds('random', clips, LABELS, 5)).toEqual(planFolds('random', clips, LABELS, 5));
    expect(planFolds('random', clips, LABELS, 5)).not.toEqual(planFolds('random', clips, LABELS, 6));
  });
});

it('refuses one label, and a label with one clip', () => {
  expect(problem(() => planFolds('random', twoSpeakers(), ['anger'], 1)).message).toContain(
    'at least two labels',
  );
  const clips = [...twoSpeakers(), { path: 'lone.wav', speaker: 'a', label: 2 }];
  const error = problem(() => planFolds('random', clips, LABELS, 1));
  expect(error.message).toContain('"sadness" has only one clip');
  expect(error.data?.next).toContain('sadness');
});

function twoSpeakers(): SplitClip[] {
  return Array.from({ length: 8 }, (_, i) => ({
    path: `c${i}.wav`,
    speaker: i < 4 ? 'a' : 'b',
    label: i % 2,
  }));
}
