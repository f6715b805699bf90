// Tests of the recall strips' arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunDetail, Scores } from '../../shared/contract/schemas.ts';
import { extremes, labelRows, sexRows, swarm } from './strips.ts';
import type { StripRow } from './RecallStrip.svelte';

describe('swarm', () => {
  it('leaves marks alone that do not hide each other', () => {
    expect(swarm([0.1, 0.9, 0.5], 250)).toEqual(new Array(3).fill({ x: 0, y: 0 }));
  });

  it('puts two of one value in two lanes, each at its value', () => {
    expect(swarm([1, 0.2, 1], 250)).toEqual([
      { x: 0, y: -5.5 },
      { x: 0, y: 0 },
      { x: 0, y: 5.5 },
    ]);
  });

  it('lets no mark hide another, leave the scale or its row', () => {
    const values = fc.array(fc.constantFrom(0, 0.04, 0.5, 0.53, 0.9, 0.97, 1), { maxLength: 8 });
    fc.assert(
      fc.property(values, fc.integer({ min: 180, max: 600 }), (recalls, width) => {
        const marks = swarm(recalls, width).map(({ x, y }, i) => ({ x: recalls[i]! * width + x, y }));
        for (const [i, a] of marks.entries()) {
          expect(Math.abs(a.y)).toBeLessThanOrEqual(5.5);
          expect(a.x).toBeGreaterThanOrEqual(0);
          expect(a.x).toBeLessThanOrEqual(width);
          for (const b of marks.slice(i + 1))
            expect(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y))).toBeGreaterThanOrEqual(10.999);
        }
      }),
    );
  });
});

describe('extremes', () => {
  const row = (name: string, figure: number | null): StripRow => ({
    key: name,
    name,
    clips: 3,
    marks: [],
    bar: null,
    figure,
  });

  it('names the hardest and the easiest of those that were scored', () => {
    expect(extremes([row('Anger', 0.74), row('Calm', null), row('Disgust', 0.49)])).toBe(
      'Disgust is hardest, 0.49; Anger easiest, 0.74.',
    );
    expect(extremes([row('Anger', 0.5)])).toBe('Anger: 0.50.');
    expect(extremes([row('Calm', null)])).toBe('');
  });
});

describe('rows', () => {
  const run = { labels: ['anger', 'fear'] } as RunDetail;
  const estimate = (value: number | null) => ({ value, interval: value === null ? null : [0, 1] });
  const scores = {
    byLabel: [
      { clips: 4, recall: estimate(0.75) },
      { clips: 0, recall: estimate(null) },
    ],
    bySpeaker: [{ speaker: '1', recall: [0.75, null] }],
    bySex: [{ sex: 'female', clips: 4, uar: estimate(0.75), recall: [estimate(0.75), estimate(null)] }],
  } as unknown as Scores;

  it('of labels have their interval, each speaker and what listeners reach', () => {
    const [anger, fear] = labelRows(run, scores, (label) => label, new Map([['anger', 0.9]]));
    expect(anger).toMatchObject({ figure: 0.75, interval: [0, 1], people: 0.9 });
    expect(anger!.marks.map(({ title }) => title)).toEqual(['speaker 1: 0.75', 'all: 0.75']);
    expect(fear).toMatchObject({ figure: null, interval: null, people: null, marks: [] });
  });

  it('of a sex have its UAR with the interval, and the labels that were tested', () => {
    expect(sexRows(run, scores, (label) => label)).toEqual([
      {
        key: 'female',
        name: 'Female',
        clips: 4,
        marks: [{ label: 'anger', value: 0.75, title: 'anger: 0.75' }],
        bar: 0.75,
        figure: 0.75,
        interval: [0, 1],
      },
    ]);
  });
});
