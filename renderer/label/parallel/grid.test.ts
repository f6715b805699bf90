// Every clip of an utterance is in one cell, with the other takes of its speaker and label.
import { describe, expect, it } from 'vitest';
import type { Clip } from '../../../shared/contract/schemas.ts';
import { atPosition, cellsOf } from './grid.ts';

const clip = (clipId: number, speaker: string | null, label: string | null) =>
  ({ clipId, speaker, label }) as Clip;

describe('cellsOf', () => {
  it('puts takes together and knows clips without speaker or label', () => {
    const cells = cellsOf({
      utterance: 'a01',
      text: null,
      speakers: ['03', null],
      labels: ['anger', null],
      clips: [clip(1, '03', 'anger'), clip(2, '03', 'anger'), clip(3, null, null)],
    });
    const found = [...cells].map(([key, cell]) => [key, cell.clips.map(({ clipId }) => clipId)]);
    expect(found).toEqual([
      ['0 0', [1, 2]],
      ['1 1', [3]],
    ]);
  });
});

describe('atPosition', () => {
  it('is the same moment, or the start where the clip is over by then', () => {
    expect(atPosition(1.2, 2)).toBe(1.2);
    expect(atPosition(2.5, 2)).toBe(0);
  });
});
