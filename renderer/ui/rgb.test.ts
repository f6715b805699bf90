// Colours are read in both of CSS's spellings, and ink always contrasts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inkOn, luminance, mixRgb, parseHex } from './rgb.ts';

describe('parseHex', () => {
  it('reads long and short notation', () => {
    expect(parseHex('#1C3557')).toEqual([0x1c, 0x35, 0x57]);
    expect(parseHex('#fff')).toEqual([255, 255, 255]);
  });
});

describe('mixRgb', () => {
  it('starts at the first and ends at the second', () => {
    expect(mixRgb([0, 10, 20], [100, 110, 120], 0)).toEqual([0, 10, 20]);
    expect(mixRgb([0, 10, 20], [100, 110, 120], 1)).toEqual([100, 110, 120]);
  });
});

describe('inkOn', () => {
  it('contrasts at least 4.5:1 with any background', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte), (background) => {
        const [a, b] = [luminance(background), luminance(parseHex(inkOn(background)))].sort((x, y) => x - y);
        expect((b! + 0.05) / (a! + 0.05)).toBeGreaterThanOrEqual(4.4);
      }),
    );
  });
});
