// Tests of editing a recipe as plain JSON, and of what the schema says of it in words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE, recipeSchema } from '../../../shared/recipe/recipe.ts';
import { getAt, problemsOf, setAt, typedNumber } from './draft.ts';

describe('setAt', () => {
  it('changes one place and nothing else', () => {
    const changed = setAt(CLASSIC_RECIPE, 'layers.1.units', 32);
    expect(getAt(changed, 'layers.1.units')).toBe(32);
    expect(CLASSIC_RECIPE.layers[1]).toMatchObject({ units: 64 });
    expect(getAt(changed, 'layers.0')).toBe(CLASSIC_RECIPE.layers[0]);
    expect(setAt(changed, 'layers.1.units', 64)).toEqual(CLASSIC_RECIPE);
  });
});

describe('typedNumber', () => {
  it('reads numbers as people type them and keeps the rest', () => {
    expect(typedNumber(' 0,001 ')).toBe(0.001);
    expect(typedNumber('1e-10')).toBe(1e-10);
    for (const text of ['', ' ', '12 Hz', '--', 'Infinity']) expect(typedNumber(text)).toBe(text);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        expect(typedNumber(String(n)) === n).toBe(true);
      }),
    );
  });
});

describe('problemsOf', () => {
  const problems = (path: string, value: unknown) => {
    const parsed = recipeSchema.safeParse(setAt(CLASSIC_RECIPE, path, value));
    return parsed.success ? [] : problemsOf(parsed.error.issues);
  };

  it.each([
    ['features.nFft', 1000, 'A power of two.'],
    ['features.hopLength', '', 'A number.'],
    ['features.hopLength', 1.5, 'A whole number.'],
    ['features.frames', 0, 'More than 0.'],
    ['training.epochs', 20_000, 'At most 10,000.'],
    ['features.tracks', [], 'At least one.'],
    ['features.tracks.0.deltas', 3, 'At most 2.'],
  ])('says what is wrong with %s = %j', (path, value, message) => {
    expect(problems(path, value)).toEqual([{ path, message }]);
  });

  it('says what keeping the best epoch needs', () => {
    const [problem] = problems('training.keep', 'best');
    expect(problem).toEqual({
      path: 'training',
      message: 'Keeping the best epoch and stopping early need validation speakers.',
    });
  });
});
