// Numbers, times and names as a person reads them.
import { describe, expect, it } from 'vitest';
import {
  baseName,
  dotted,
  formatDuration,
  formatFixed,
  formatInterval,
  formatKilohertz,
  utteranceParts,
} from './format.ts';

describe('numbers', () => {
  it('keeps decimals fixed', () => {
    expect(formatFixed(0.5, 3)).toBe('0.500');
    expect(formatFixed(null, 3)).toBe('–');
    expect(formatFixed(NaN, 3)).toBe('–');
    expect(formatInterval([0.571, 0.651])).toBe('0.571 – 0.651');
    expect(formatInterval(null)).toBe('not estimable');
    expect(formatKilohertz(22_050)).toBe('22.05 kHz');
    expect(formatKilohertz(16_000)).toBe('16 kHz');
  });
});

describe('formatDuration', () => {
  it('uses two units at most', () => {
    expect(formatDuration(3.4)).toBe('3 s');
    expect(formatDuration(59.6)).toBe('1 min 00 s');
    expect(formatDuration(130)).toBe('2 min 10 s');
    expect(formatDuration(3840)).toBe('1 h 04 min');
    expect(formatDuration(-1)).toBe('0 s');
  });
});

describe('words', () => {
  it('joins the facts there are', () => {
    expect(dotted('a', null, false, undefined, '', 'b')).toBe('a · b');
  });

  it('takes the last part of a path of either kind', () => {
    expect(baseName('/data/emodb/wav/')).toBe('wav');
    expect(baseName('C:\\corpora\\AESDD')).toBe('AESDD');
  });

  it('does not say the words twice', () => {
    expect(utteranceParts('lubię czytać', 'Lubię czytać.')).toEqual({ id: '', words: 'Lubię czytać.' });
    expect(utteranceParts('a01', 'Der Lappen.')).toEqual({ id: 'a01', words: 'Der Lappen.' });
    expect(utteranceParts(null, null)).toEqual({ id: '', words: '' });
  });
});
