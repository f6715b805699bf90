// Tests of what the Live room says of a run.
import { expect, test } from 'vitest';
import { scoreInWords } from './words.ts';

test('a hall is told how often answers were right, and where the score has heard the voices', () => {
  expect(scoreInWords({ accuracy: 0.62, split: 'loso' })).toEqual({
    score: 'right 6 times in 10',
    caveat: '',
  });
  expect(scoreInWords({ accuracy: 0.62, split: 'random' }).caveat).toBe('shares speakers');
  expect(scoreInWords({ accuracy: null, split: 'random' })).toEqual({ score: 'not scored', caveat: '' });
});
