// Samples are as even as can be and come back with their seed; "unsure" is not recognised; hit rates give a mean by label.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanRecall, meanRecallInterval, recallOfLabels } from './human-recall.ts';
import { listeningOrder, scoreAnswers, stratifiedSample } from './listening.ts';

describe('a stratified sample', () => {
  const items = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 });

  it('has every stratum as often as any other, unless it has no more', () => {
    fc.assert(
      fc.property(items, fc.nat(40), fc.nat(), (strata, count, seed) => {
        const all = strata.map((stratum, id) => ({ stratum, id }));
        const sample = stratifiedSample(all, [({ stratum }) => stratum], count, seed);
        expect(sample).toHaveLength(Math.min(count, all.length));
        expect(new Set(sample).size).toBe(sample.length);
        const of = (list: typeof all, stratum: string): number =>
          list.filter((item) => item.stratum === stratum).length;
        const most = Math.max(...['a', 'b', 'c'].map((stratum) => of(sample, stratum)));
        for (const stratum of ['a', 'b', 'c']) {
          const drawn = of(sample, stratum);
          if (drawn < of(all, stratum)) expect(drawn).toBeGreaterThanOrEqual(most - 1);
        }
        expect(stratifiedSample(all, [({ stratum }) => stratum], count, seed)).toEqual(sample);
      }),
    );
  });

  it('is even over the outer groups first, then within each of them', () => {
    const all = Array.from({ length: 120 }, (_, id) => ({ label: `${id % 3}`, speaker: `${id % 4}`, id }));
    const sample = stratifiedSample(all, [({ label }) => label, ({ speaker }) => speaker], 30, 5);
    const sizes = [...Map.groupBy(sample, ({ label }) => label).values()].map((own) => own.length);
    expect(sizes).toEqual([10, 10, 10]);
    for (const own of Map.groupBy(sample, ({ label, speaker }) => label + speaker).values()) {
      expect([2, 3]).toContain(own.length);
    }
  });

  it('is another one with another seed, and each rater has an order of their own', () => {
    const all = Array.from({ length: 60 }, (_, id) => id);
    const draw = (seed: number): number[] => stratifiedSample(all, [], 20, seed);
    expect(draw(1)).not.toEqual(draw(2));
    const order = listeningOrder(all, 1, 'ann');
    expect(listeningOrder(all, 1, 'ann')).toEqual(order);
    expect(listeningOrder(all, 1, 'bob')).not.toEqual(order);
    expect(order.toSorted((a, b) => a - b)).toEqual(all);
  });
});

describe('scores of answers', () => {
  const labels = ['anger', 'fear'];
  const answers = [
    ...['s1', 's2', 's3'].map((speaker) => ({ label: 'anger', answer: 'anger', speaker })),
    { label: 'anger', answer: null, speaker: 's1' },
    { label: 'fear', answer: 'anger', speaker: 's2' },
    { label: 'fear', answer: 'fear', speaker: 's3' },
  ];

  it('count unsure as not recognised', () => {
    const score = scoreAnswers(answers, labels, 1);
    expect(score).toMatchObject({
      ...{ answers: 6, unsure: [1, 0], recallByLabel: [0.75, 0.5], uar: 0.625, accuracy: 4 / 6 },
      confusion: [
        [3, 0],
        [1, 1],
      ],
    });
    const [low, high] = score.uarInterval!;
    expect(low).toBeLessThanOrEqual(0.625);
    expect(high).toBeGreaterThanOrEqual(0.625);
  });

  it('have no interval with two speakers, and none at all without answers', () => {
    expect(scoreAnswers(answers.slice(0, 2), labels, 1).uarInterval).toBeNull();
    expect(scoreAnswers([], labels, 1)).toMatchObject({ answers: 0, uar: null, recallByLabel: [null, null] });
  });
});

it('hit rates give recall by label and its mean', () => {
  const rates = [
    { label: 'anger', speaker: 'a', recall: 1 },
    { label: 'anger', speaker: 'b', recall: 0.8 },
    { label: 'fear', speaker: 'c', recall: 0.5 },
  ];
  expect(recallOfLabels(rates)).toEqual([
    { label: 'anger', clips: 2, recall: 0.9 },
    { label: 'fear', clips: 1, recall: 0.5 },
  ]);
  expect(meanRecall(rates)).toBeCloseTo(0.7, 12);
  const [low, high] = meanRecallInterval(rates, 1)!;
  expect(low).toBeLessThan(0.7);
  expect(high).toBeGreaterThan(0.7);
  expect(meanRecallInterval(rates.slice(0, 2), 1)).toBeNull();
});
