// Tests of the splits: what each promises holds over random corpora with copies and retakes, and the same folds come again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import { SPLIT_NAMES, SPLIT_WORDS, type SplitName, type SplitSpec } from '../../shared/protocol/split.ts';
import { assertPromises, countLeakage } from './split-promises.ts';
import type { FoldPlan, SplitClip } from './fold-plan.ts';
import { planFolds } from './splits.ts';

const LABELS = ['anger', 'fear', 'sadness'];
const PLAIN = { seed: 1, validationShare: null };

/** A clip with what most tests do not care about. */
const clip = (path: string, speaker: string | null, label: number): SplitClip => ({
  path,
  speaker,
  label,
  take: null,
  content: path,
  foreign: false,
});

/** How often a speaker says each label: takes of one sentence. */
const takes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 });

/**
 * Corpora in which every speaker says every label one to four times, in takes of one sentence; some clips are copies
 * of any other clip, under whatever speaker; some belong to another corpus.
 */
const corpora = fc
  .record({
    counts: fc.array(takes, { minLength: 4, maxLength: 9 }),
    copies: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
    others: fc.array(takes, { minLength: 1, maxLength: 3 }),
  })
  .map(({ counts, copies, others }): SplitClip[] => {
    const clips = [
      ...counts.map((own) => [own, false] as const),
      ...others.map((own) => [own, true] as const),
    ].flatMap(([own, foreign], speaker) =>
      own.flatMap((many, label) =>
        Array.from({ length: many }, (_, take) => ({
          ...clip(
            `${speaker}/${label}-${take}.wav`,
            `s${foreign ? speaker - counts.length : speaker}`,
            label,
          ),
          take: `${foreign}/${speaker}/${label}`,
          foreign,
        })),
      ),
    );
    for (const [from, to] of copies)
      clips[to % clips.length] = {
        ...clips[to % clips.length]!,
        content: clips[from % clips.length]!.content,
      };
    return clips;
  });
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

const SPECS: Readonly<Record<SplitName, SplitSpec>> = {
  loso: { name: 'loso' },
  'grouped-k-fold': { name: 'grouped-k-fold', folds: 3 },
  'hold-out-speakers': { name: 'hold-out-speakers', speakers: [], share: 0.3 },
  'random-k-fold': { name: 'random-k-fold', folds: 4 },
  random: { name: 'random', share: 0.2 },
  'cross-corpus': { name: 'cross-corpus', testCorpusId: 2, labelMap: {} },
};

const apart = (a: Set<unknown>, b: Set<unknown>): boolean =>
  [...a].every((one) => one === null || !b.has(one));

/** Only a cross-corpus run has clips of another corpus. */
const forSplit = (name: SplitName, clips: readonly SplitClip[]): SplitClip[] =>
  clips.filter(({ foreign }) => !foreign || name === 'cross-corpus');

/** Folds, or null where copies leave a label without a clip to train on, which is refused. */
function planned(
  name: SplitName,
  clips: SplitClip[],
  seed: number,
  validationShare: number | null,
): FoldPlan[] | null {
  try {
    return planFolds(SPECS[name], clips, LABELS, { seed, validationShare });
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function problem(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each(SPLIT_NAMES)('%s', (name) => {
  it('keeps its promises, with validation speakers and without', () => {
    let plans = 0;
    fc.assert(
      fc.property(corpora, seeds, fc.constantFrom(null, 0.2, 0.5), (all, seed, share) => {
        const clips = forSplit(name, all);
        for (const { train, validation, test, leftOut } of planned(name, clips, seed, share) ?? []) {
          plans += 1;
          const of = (positions: Int32Array, what: (clip: SplitClip) => unknown) =>
            new Set(Array.from(positions, (i) => what(clips[i]!)));
          const parts = [...train, ...validation, ...test];
          expect(new Set(parts).size).toBe(parts.length);
          expect(test.length).toBeGreaterThan(0);
          expect(of(train, ({ label }) => label)).toEqual(new Set([0, 1, 2]));
          expect(validation.length > 0).toBe(share !== null);
          const voice = (one: SplitClip): string => `${one.foreign} ${one.speaker}`;
          const learned = Int32Array.of(...train, ...validation);
          for (const what of [voice, ({ take }: SplitClip) => take, ({ content }: SplitClip) => content]) {
            expect(apart(of(train, what), of(validation, what))).toBe(true);
            if (SPLIT_WORDS[name].speakersApart) expect(apart(of(test, what), of(learned, what))).toBe(true);
          }
          expect([...learned].some((i) => clips[i]!.foreign)).toBe(false);
          // Every clip is used, or left out because of a copy.
          const used = new Set([...parts, ...leftOut]);
          expect([...clips.keys()].every((i) => used.has(i) || clips[i]!.foreign)).toBe(true);
        }
      }),
    );
    expect(plans).toBeGreaterThan(50);
  });

  it('tests no clip twice, and all of them where it says so', () => {
    fc.assert(
      fc.property(corpora, seeds, (all, seed) => {
        const clips = forSplit(name, all);
        const folds = planned(name, clips, seed, null);
        if (!folds) return;
        const tested = folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
        expect(new Set(tested).size).toBe(tested.length);
        if (['loso', 'grouped-k-fold', 'random-k-fold'].includes(name))
          expect(tested).toEqual([...clips.keys()]);
      }),
    );
  });

  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(corpora, seeds, (all, seed) => {
        const clips = forSplit(name, all);
        expect(planned(name, clips, seed, 0.3)).toEqual(planned(name, clips, seed, 0.3));
      }),
      { numRuns: 20 },
    );
  });
});

it('counts as leaked exactly what a look at every pair of clips finds', () => {
  fc.assert(
    fc.property(corpora, seeds, fc.constantFrom(...SPLIT_NAMES), (all, seed, name) => {
      const clips = forSplit(name, all);
      const folds = planned(name, clips, seed, null);
      if (!folds) return;
      const pairs = (same: (a: SplitClip, b: SplitClip) => boolean): number =>
        folds
          .flatMap(({ test, train }) =>
            [...test].map((i) => [...train].some((j) => same(clips[i]!, clips[j]!))),
          )
          .filter(Boolean).length;
      const leakage = countLeakage(folds, clips);
      expect(leakage).toMatchObject({
        speakerClips: pairs((a, b) => a.speaker === b.speaker && a.foreign === b.foreign),
        takeClips: pairs((a, b) => a.take === b.take),
        duplicateClips: pairs((a, b) => a.content === b.content),
      });
      if (SPLIT_WORDS[name].speakersApart)
        expect(leakage).toMatchObject({
          sharedSpeakers: 0,
          speakerClips: 0,
          takeClips: 0,
          duplicateClips: 0,
        });
    }),
  );
});

describe('assertPromises', () => {
  const clips = twoSpeakers();
  const [fold] = planFolds(SPECS.loso, clips, LABELS.slice(0, 2), PLAIN);

  it.each([
    ['a speaker', { train: Int32Array.of(0, 4) }, 'speaker false/a is in training and in test'],
    ['a clip', { validation: Int32Array.of(4) }, 'two parts'],
    [
      'a validation speaker',
      { train: Int32Array.of(4), validation: Int32Array.of(5) },
      'in training and in validation',
    ],
  ])('notices %s on both sides', (_, change, message) => {
    const leaky = { ...fold!, test: Int32Array.of(1), ...change };
    expect(() => assertPromises('loso', leaky, clips)).toThrow(message);
  });

  it('notices a copy on both sides', () => {
    const copies = clips.map((one) => ({ ...one, content: 'same' }));
    expect(() => assertPromises('loso', fold!, copies)).toThrow('content same is in training and in test');
    expect(() => assertPromises('random', { ...fold!, validation: new Int32Array(0) }, copies)).not.toThrow();
  });
});

describe('leave-one-speaker-out', () => {
  it('leaves a copy of a test clip out of training', () => {
    const clips = twoSpeakers().map((one, i) => (i === 1 || i === 4 ? { ...one, content: 'same' } : one));
    const [a, b] = planFolds(SPECS.loso, clips, LABELS.slice(0, 2), PLAIN);
    expect([...a!.leftOut]).toEqual([4]);
    expect([...b!.leftOut]).toEqual([1]);
    expect([...a!.train]).toEqual([5, 6, 7]);
  });

  it('refuses clips without a speaker, and says what to do', () => {
    const clips = twoSpeakers().map((one, i) => (i === 2 ? { ...one, speaker: null } : one));
    const error = problem(() => planFolds(SPECS.loso, clips, LABELS.slice(0, 2), PLAIN));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain('1 of 8 clips name no speaker: c2.wav');
    expect(error.data).toMatchObject({
      path: 'c2.wav',
      next: expect.stringContaining('random split') as string,
    });
  });

  it('refuses a single speaker, and a label that one speaker alone says', () => {
    const one = twoSpeakers().filter(({ speaker }) => speaker === 'a');
    expect(problem(() => planFolds(SPECS.loso, one, LABELS.slice(0, 2), PLAIN)).message).toContain(
      'at least two speakers',
    );
    const lonely = twoSpeakers().map((other) => (other.speaker === 'b' ? { ...other, label: 0 } : other));
    expect(problem(() => planFolds(SPECS.loso, lonely, LABELS.slice(0, 2), PLAIN)).message).toContain(
      'Only speaker a says "fear"',
    );
  });
});

describe('speakers in groups, and held out', () => {
  const clips = Array.from({ length: 60 }, (_, i) => clip(`${i}`, `s${i % 6}`, i % 3 === 0 ? 0 : 1));

  it('deals speakers evenly', () => {
    const folds = planFolds({ name: 'grouped-k-fold', folds: 3 }, clips, LABELS.slice(0, 2), PLAIN);
    expect(folds.map(({ heldOutSpeakers }) => heldOutSpeakers.length)).toEqual([2, 2, 2]);
    expect(folds.map(({ test }) => test.length)).toEqual([20, 20, 20]);
  });

  it('refuses more groups than speakers', () => {
    const spec: SplitSpec = { name: 'grouped-k-fold', folds: 7 };
    expect(problem(() => planFolds(spec, clips, LABELS.slice(0, 2), PLAIN)).data?.next).toContain(
      '6 folds or fewer',
    );
  });

  it('tests on the speakers named, and on no unknown one', () => {
    const spec = (...speakers: string[]): SplitSpec => ({ name: 'hold-out-speakers', speakers, share: 0.2 });
    const [fold] = planFolds(spec('s4', 's1'), clips, LABELS.slice(0, 2), PLAIN);
    expect(fold).toMatchObject({ heldOutSpeakers: ['s1', 's4'] });
    expect(fold!.test).toHaveLength(20);
    expect(problem(() => planFolds(spec('s9'), clips, LABELS.slice(0, 2), PLAIN)).message).toContain(
      'speaker s9',
    );
  });

  it('refuses validation where nobody can be spared', () => {
    const error = problem(() =>
      planFolds(SPECS.loso, twoSpeakers(), LABELS.slice(0, 2), { seed: 1, validationShare: 0.2 }),
    );
    expect(error.message).toContain('No speaker can be set aside');
  });
});

describe('the random split', () => {
  it('tests a fifth, with every label on both sides and no clip on two', () => {
    fc.assert(
      fc.property(corpora, seeds, (all, seed) => {
        const clips = forSplit('random', all);
        const [fold, ...more] = planFolds(SPECS.random, clips, LABELS, { seed, validationShare: null });
        expect(more).toEqual([]);
        expect([...fold!.train, ...fold!.test].sort((a, b) => a - b)).toEqual([...clips.keys()]);
        for (const side of [fold!.train, fold!.test])
          expect(new Set([...side].map((i) => clips[i]!.label))).toEqual(new Set([0, 1, 2]));
        expect(fold!.test.length).toBe(Math.max(LABELS.length, Math.ceil(clips.length / 5)));
      }),
    );
  });

  it('keeps the labels in proportion to within one clip', () => {
    const sizes = [127, 81, 46];
    const clips = sizes.flatMap((size, label) =>
      Array.from({ length: size }, (_, i) => clip(`${label}-${i}`, null, label)),
    );
    const tested = (positions: Int32Array, label: number): number =>
      [...positions].filter((i) => clips[i]!.label === label).length;
    const [fold] = planFolds(SPECS.random, clips, LABELS, { ...PLAIN, seed: 3 });
    sizes.forEach((size, label) =>
      expect(Math.abs(tested(fold!.test, label) - size / 5)).toBeLessThanOrEqual(1),
    );
    expect(fold!.test.length).toBe(51);
    for (const { test } of planFolds(SPECS['random-k-fold'], clips, LABELS, PLAIN))
      sizes.forEach((size, label) => expect(Math.abs(tested(test, label) - size / 4)).toBeLessThanOrEqual(1));
  });

  it('is another for another seed', () => {
    const clips = Array.from({ length: 200 }, (_, i) => clip(`${i}`, null, i % 3));
    expect(planFolds(SPECS.random, clips, LABELS, { ...PLAIN, seed: 5 })).not.toEqual(
      planFolds(SPECS.random, clips, LABELS, { ...PLAIN, seed: 6 }),
    );
  });
});

it('refuses one label, and a label with one clip', () => {
  expect(problem(() => planFolds(SPECS.random, twoSpeakers(), ['anger'], PLAIN)).message).toContain(
    'at least two labels',
  );
  const error = problem(() =>
    planFolds(SPECS.random, [...twoSpeakers(), clip('lone.wav', 'a', 2)], LABELS, PLAIN),
  );
  expect(error.message).toContain('"sadness" has only one clip');
  expect(error.data?.next).toContain('sadness');
});

function twoSpeakers(): SplitClip[] {
  return Array.from({ length: 8 }, (_, i) => clip(`c${i}.wav`, i < 4 ? 'a' : 'b', i % 2));
}
