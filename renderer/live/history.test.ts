// What the pictures and their words are made of.
import { expect, it } from 'vitest';
import type { PredictionRow } from '../../shared/contract/schemas.ts';
import { forget, spans, spansInWords, type HeardWindow } from './history.ts';
import { spreadByLabel } from './spread.ts';

const window = (atSeconds: number, state: HeardWindow['state'], answer: string | null = null): HeardWindow =>
  ({ atSeconds, state, answer }) as HeardWindow;

it('joins windows with the same answer, without gaps between the spans', () => {
  const all = spans([
    window(1, 'silence'),
    window(1.1, 'silence'),
    window(1.2, 'unsure'),
    window(1.3, 'answer', 'anger'),
    window(1.9, 'answer', 'anger'),
    window(2, 'answer', 'fear'),
  ]);
  expect(all.map(({ state, label }) => label ?? state)).toEqual(['silence', 'unsure', 'anger', 'fear']);
  all.slice(1).forEach(({ fromSeconds }, i) => expect(fromSeconds).toBe(all[i]!.untilSeconds));
  expect(spansInWords(all, (label) => label.toUpperCase())).toBe('anger');
  expect(spansInWords([], String)).toBe('nothing yet');
});

it('forgets what is older, and all of it where nothing is younger', () => {
  const list = [1, 2, 3].map((atSeconds) => ({ atSeconds }));
  forget(list, 2);
  expect(list.map(({ atSeconds }) => atSeconds)).toEqual([2, 3]);
  forget(list, 9);
  expect(list).toEqual([]);
});

it('takes clips of every label in turns, whatever they were heard as', () => {
  const rows = Array.from(
    { length: 20 },
    (_, i) =>
      ({ clipId: i, path: `a/${i}.wav`, label: i < 15 ? 'anger' : 'fear', speaker: null }) as PredictionRow,
  );
  const chosen = spreadByLabel(rows, ['anger', 'fear', 'joy'], 2);
  expect(chosen.map(({ label }) => label)).toEqual(['anger', 'fear', 'anger', 'fear']);
  expect(new Set(chosen.map(({ clipId }) => clipId)).size).toBe(4);
  expect(chosen[0]!.name).toBe('3.wav');
});
