// Names tell nothing of the label while they are masked, in the corpora whose names are known and in others.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMODB_EMOTIONS, EMOTIONS } from './emotions.ts';
import { maskedName, shuffledIds } from './masking.ts';

describe('maskedName', () => {
  it.each([
    ['emodb', '03a05Tc.wav', '03a05•c.wav'],
    ['aesdd', 'sadness/s07 (3).wav', '•07 (3).wav'],
    ['aesdd', 'anger/a01 (12)b.wav', '•01 (12)b.wav'],
    ['ravdess', 'Actor_12/03-01-06-01-02-01-12.wav', '03-01-•-02-01-12.wav'],
    ['table', 'samples/KS0_surprised_10.wav', 'KS0_•_10.wav'],
    ['folders', 'Wut/ann 3.wav', 'ann 3.wav'],
    ['folders', 'x/zeal-Angry2.wav', '•-•2.wav'],
  ])('%s: %s reads %s', (adapter, path, name) => expect(maskedName(path, adapter, ['zeal'])).toBe(name));

  it('is the same whatever the emotion', () => {
    const names = [...EMODB_EMOTIONS.keys()].map((letter) => maskedName(`08b02${letter}a.wav`, 'emodb', []));
    expect(new Set(names).size).toBe(1);
    const tables = EMOTIONS.map((emotion) => maskedName(`x/${emotion}/spk1_${emotion}_2.wav`, 'table', []));
    expect(new Set(tables).size).toBe(1);
  });
});

describe('shuffledIds', () => {
  it('keeps every id, whatever order they come in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1e6 })), (ids) => {
        const shuffled = shuffledIds(ids);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...ids].sort((a, b) => a - b));
        expect(shuffledIds([...ids].reverse())).toEqual(shuffled);
      }),
    );
  });

  it('leaves no stretch of neighbours together', () => {
    const shuffled = shuffledIds(Array.from({ length: 500 }, (_, i) => i + 1));
    const together = shuffled.filter((id, i) => Math.abs(id - (shuffled[i - 1] ?? Infinity)) === 1);
    expect(together.length).toBeLessThan(25);
  });
});
