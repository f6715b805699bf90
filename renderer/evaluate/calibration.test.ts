// Tests of calibration in words.
import { expect, it } from 'vitest';
import { calibrationInWords } from './calibration.ts';

const bin = (clips: number, confidence: number) => ({
  from: 0,
  to: 1,
  clips,
  confidence,
  accuracy: { value: null, interval: null },
});
const words = (accuracy: number | null): string =>
  calibrationInWords({
    reliability: [bin(30, 0.9), bin(10, 0.5)],
    accuracy: { value: accuracy, interval: null },
  });

it('weighs bins by their clips and says which way it errs', () => {
  expect(words(0.6)).toBe('Surer than it is right: mean probability 0.80, accuracy 0.60.');
  expect(words(0.9)).toContain('More often right than it is sure');
  expect(words(0.79)).toContain('About as right as it is sure');
  expect(words(null)).toBe('');
});
