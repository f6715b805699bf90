// Tests of the timeline of predictions.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PredictionRow } from '../../shared/contract/schemas.ts';
import { clipAt, filterClips, markX, speakerStarts, timelineInWords } from './timeline.ts';

const row = (clipId: number, speaker: string | null, label: string, predicted: string): PredictionRow =>
  ({ clipId, speaker, label, predicted }) as PredictionRow;
const rows = [
  row(1, '1', 'fear', 'sadness'),
  row(2, '1', 'anger', 'anger'),
  row(3, '2', 'fear', 'sadness'),
  row(4, null, 'sadness', 'sadness'),
];
const ids = (filter: Partial<Parameters<typeof filterClips>[1]>): number[] =>
  filterClips(rows, { show: 'all', label: '', speaker: '', ...filter }).map(({ clipId }) => clipId);

it('filters by what was heard, by label on either side, and by speaker', () => {
  expect(ids({})).toEqual([1, 2, 3, 4]);
  expect(ids({ show: 'wrong' })).toEqual([1, 3]);
  expect(ids({ show: 'right', label: 'sadness' })).toEqual([4]);
  expect(ids({ label: 'sadness', speaker: '1' })).toEqual([1]);
});

it('finds a clip where its mark is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 10, max: 2000 }),
      fc.nat(),
      (count, width, n) => {
        const index = n % count;
        expect(clipAt(markX(index, count, width), count, width)).toBe(index);
      },
    ),
  );
  expect(clipAt(5, 0, 100)).toBe(-1);
  expect([clipAt(-3, 4, 100), clipAt(200, 4, 100)]).toEqual([0, 3]);
});

it('says where speakers change and what goes wrong most', () => {
  expect(speakerStarts(rows)).toEqual([
    { at: 0, speaker: '1' },
    { at: 2, speaker: '2' },
    { at: 3, speaker: '–' },
  ]);
  expect(timelineInWords(rows, (label) => label)).toBe(
    '2 of 4 clips right; wrong most often: fear heard as sadness, 2 times.',
  );
  expect(timelineInWords(rows.slice(1, 2), (label) => label)).toBe('1 of 1 clips right.');
});
