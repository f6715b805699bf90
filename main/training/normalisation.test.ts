// What folds are fed where features are normalised: fitted on the training side, before clips are padded or cut.
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import { featureSpecSchema, type Normalisation } from '../../shared/recipe/recipe.ts';
import { createFoldInputs, describeNormalisation, networkInput } from './normalisation.ts';

const spec = (normalise: Normalisation) =>
  featureSpecSchema.parse({ tracks: [{ type: 'rms' }], frames: 3, normalise });

const matrix = (...values: number[]): Matrix => ({
  frames: values.length,
  coefficients: 1,
  values: Float32Array.from(values),
});

const clips = [
  { matrix: matrix(1, 3), speaker: 'anna' },
  { matrix: matrix(10, 10, 14, 14), speaker: 'bert' },
  { matrix: matrix(100, 104), speaker: 'carla' },
];

describe('inputs of a fold', () => {
  it('are the features, padded or cut, the same for all folds where nothing is fitted', () => {
    for (const normalise of ['none', 'utterance'] as const) {
      const inputs = createFoldInputs(clips, spec(normalise));
      const { features, normalisation } = inputs(Int32Array.of(0, 1));
      expect([...features]).toEqual([1, 3, 0, 10, 10, 14, 100, 104, 0]);
      expect(normalisation).toBeNull();
      expect(inputs(Int32Array.of(2)).features).toBe(features);
    }
  });

  it('are normalised by each speaker’s clips, those of a held-out speaker too; padding stays zero', () => {
    const { features, normalisation } = createFoldInputs(clips, spec('speaker'))(Int32Array.of(0, 1));
    expect([...features]).toEqual([-1, 1, 0, -1, -1, 1, -1, 1, 0]);
    expect(Object.keys(normalisation!.speakers).sort()).toEqual(['anna', 'bert', 'carla']);
  });

  it('are normalised by the training clips alone over the corpus', () => {
    const inputs = createFoldInputs(clips, spec('corpus'));
    const [first, second] = [inputs(Int32Array.of(0)), inputs(Int32Array.of(1))];
    expect([...first.features]).toEqual([-1, 1, 0, 8, 8, 12, 98, 102, 0]);
    expect(first.normalisation!.corpus).toEqual({ mean: [2], deviation: [1] });
    expect(second.normalisation!.corpus).toEqual({ mean: [12], deviation: [2] });
  });

  it('leave the features as they are', () => {
    const before = structuredClone(clips);
    createFoldInputs(clips, spec('corpus'))(Int32Array.of(0));
    expect(clips).toEqual(before);
  });
});

it('a model treats a clip by its speaker, and one it does not know by the training clips', () => {
  const { normalisation } = createFoldInputs(clips, spec('speaker'))(Int32Array.of(0));
  const input = (speaker: string | null) => [
    ...networkInput({ matrix: matrix(3, 102, 7, 9), speaker }, spec('speaker'), normalisation),
  ];
  expect(input('carla')).toEqual([-49.5, 0, -47.5]);
  expect(input('dora')).toEqual([1, 100, 5]);
  expect(input(null)).toEqual(input('dora'));
});

it('a reader of the score is told', () => {
  expect(describeNormalisation(spec('speaker'))).toContain('labels unseen');
  expect(describeNormalisation(spec('corpus'))).toContain('training clips');
  expect(describeNormalisation(spec('none'))).toBe('');
});
