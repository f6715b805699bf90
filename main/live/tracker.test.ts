// The stable answer: nothing on silence, unsure before it is sure, no flicker between two that lead in turns.
import { expect, it } from 'vitest';
import { Tracker } from './tracker.ts';

const HOP = 0.08;
const LABELS = ['anger', 'fear', 'joy'];

function follow(tracker: Tracker, raws: readonly (readonly number[] | null)[], from = 0) {
  return raws.map((raw, i) => tracker.update(raw, from + (i + 1) * HOP));
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const newTracker = (): Tracker => new Tracker(LABELS, { unsureBelow: 0.5, holdSeconds: 0.35 });

it('guesses nothing in silence', () => {
  for (const said of follow(newTracker(), times(20, null))) {
    expect(said).toMatchObject({ state: 'silence', answer: null, smoothed: null });
  }
});

it('is unsure until an answer has held, then gives it and counts how long', () => {
  const said = follow(newTracker(), times(12, [0.8, 0.1, 0.1]));
  expect(said.slice(0, 5).map(({ state }) => state)).toEqual(times(5, 'unsure'));
  expect(said[6]).toMatchObject({ state: 'answer', answer: 'anger' });
  expect(said[11]!.heldSeconds).toBeCloseTo(6 * HOP, 6);
});

it('stays unsure where nothing reaches the threshold', () => {
  const said = follow(newTracker(), times(30, [0.4, 0.35, 0.25]));
  expect(new Set(said.map(({ state }) => state))).toEqual(new Set(['unsure']));
});

it('does not flicker where two lead in turns, and changes where one leads for good', () => {
  const tracker = newTracker();
  follow(tracker, times(12, [0.8, 0.1, 0.1]));
  const turns = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? [0.6, 0.35, 0.05] : [0.5, 0.45, 0.05]));
  expect(new Set(follow(tracker, turns, 12 * HOP).map(({ answer }) => answer))).toEqual(new Set(['anger']));
  const changed = follow(tracker, times(20, [0.05, 0.9, 0.05]), 42 * HOP);
  expect(changed.at(-1)).toMatchObject({ answer: 'fear' });
  // One change: from the one to the other, perhaps by way of unsure.
  const answers = changed.map(({ answer }) => answer).filter((answer, i, all) => answer !== all[i - 1]);
  expect(answers.filter((answer) => answer !== null)).toEqual(['anger', 'fear']);
});

it('begins anew after silence', () => {
  const tracker = newTracker();
  follow(tracker, times(12, [0.8, 0.1, 0.1]));
  tracker.update(null, 13 * HOP);
  const after = tracker.update([0.1, 0.8, 0.1], 14 * HOP);
  expect(after).toMatchObject({ state: 'unsure', smoothed: [0.1, 0.8, 0.1] });
});

it('smooths alike whatever the time between two windows', () => {
  const [slow, fast] = [newTracker(), newTracker()];
  slow.update([1, 0, 0], 1);
  fast.update([1, 0, 0], 1);
  fast.update([0, 1, 0], 1.2);
  const twice = fast.update([0, 1, 0], 1.4).smoothed!;
  const once = slow.update([0, 1, 0], 1.4).smoothed!;
  once.forEach((value, i) => expect(value).toBeCloseTo(twice[i]!, 10));
});
