// Tests of a recipe's cost, against Keras's own count of parameters.
import { describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE, type Recipe } from './recipe.ts';
import { recipeCost, timesClassic, UntrainableError } from './cost.ts';

const withLayers = (layers: Recipe['layers']): Recipe => ({ ...CLASSIC_RECIPE, layers });

describe('recipeCost', () => {
  it('counts the classic recipe as Keras does', () => {
    // LSTM 128 on 13: 72,704; LSTM 64 on 128: 49,408; Dense 64: 4,160; softmax over 5: 325.
    expect(recipeCost(CLASSIC_RECIPE, 5)).toMatchObject({ frames: 40, columns: 13, parameters: 126_597 });
    expect(timesClassic(CLASSIC_RECIPE, 5)).toBe(1);
  });

  it('counts the products of one answer', () => {
    // Two LSTM layers over 40 frames, two dense ones behind the last.
    const expected = 40 * (4 * 128 * (13 + 128) + 4 * 64 * (128 + 64)) + 64 * 64 + 64 * 7;
    expect(recipeCost(CLASSIC_RECIPE, 7).multiplications).toBe(expected);
  });

  it('counts both ways twice, and dropout not at all', () => {
    const one = recipeCost(withLayers([{ type: 'lstm', units: 8, returnSequences: false }]), 2);
    const both = recipeCost(
      withLayers([
        { type: 'dropout', rate: 0.5 },
        { type: 'lstm', units: 8, returnSequences: false, bidirectional: true },
      ]),
      2,
    );
    expect(one.parameters).toBe(4 * 8 * 22 + 2 * 9);
    expect(both.multiplications).toBe(2 * 40 * 4 * 8 * (13 + 8) + 16 * 2);
    expect(both.parameters).toBe(2 * 4 * 8 * 22 + 2 * 17);
  });

  it('says why layers do not fit', () => {
    const cases: [Recipe, RegExp][] = [
      [withLayers([{ type: 'lstm', units: 8, returnSequences: true }]), /one vector a clip, not one a frame/],
      [
        withLayers([
          { type: 'lstm', units: 8, returnSequences: false },
          { type: 'lstm', units: 8, returnSequences: false },
        ]),
        /^Layer 2 is an LSTM/,
      ],
      [{ ...CLASSIC_RECIPE, features: { ...CLASSIC_RECIPE.features, frames: null } }, /number of frames/],
    ];
    for (const [recipe, why] of cases) {
      expect(() => recipeCost(recipe, 5)).toThrow(UntrainableError);
      expect(() => recipeCost(recipe, 5)).toThrow(why);
    }
  });
});
