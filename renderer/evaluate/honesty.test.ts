// Tests of the honesty meter's choice of runs.
import { describe, expect, it } from 'vitest';
import { counterparts, honestyInWords, keepsApart, missingSplit, type Paired } from './honesty.ts';

const base: Paired = {
  runId: 1,
  corpusId: 1,
  recipe: 'classic',
  split: 'loso',
  seed: 1,
  epochs: 30,
  labelVersion: { version: 1, hash: 'a' },
  keepFlagged: false,
  state: 'done',
  uar: 0.5,
};
const run = (runId: number, changes: Partial<Paired>): Paired => ({
  ...base,
  runId,
  split: 'random',
  ...changes,
});

describe('counterparts', () => {
  it('ask the other question of the same recipe, seed, epochs, labels, clips and corpus', () => {
    const others = [
      run(2, {}),
      run(3, { split: 'random-k-fold' }),
      run(4, { split: 'grouped-k-fold' }),
      run(5, { seed: 2 }),
      run(6, { epochs: 3 }),
      run(7, { recipe: 'studio' }),
      run(8, { labelVersion: { version: 2, hash: 'b' } }),
      run(9, { corpusId: 2 }),
      run(10, { state: 'failed', uar: null }),
      run(11, { state: 'cancelled' }),
      run(12, { keepFlagged: true }),
    ];
    expect(counterparts(base, others).map(({ runId }) => runId)).toEqual([3, 2]);
    expect(counterparts(run(2, {}), [base, run(3, {})]).map(({ runId }) => runId)).toEqual([1]);
  });

  it('are done ones first, then those under way', () => {
    const others = [run(2, {}), run(3, { state: 'running', uar: null })];
    expect(counterparts(base, others).map(({ runId }) => runId)).toEqual([2, 3]);
  });

  it('are none for a run that is tested on another corpus', () => {
    expect(keepsApart({ split: 'cross-corpus' })).toBeNull();
    expect(counterparts({ ...base, split: 'cross-corpus' }, [run(2, {}), base])).toEqual([]);
  });
});

it('starts what is missing: random beside speakers apart, one speaker out beside random', () => {
  expect(missingSplit({ split: 'hold-out-speakers' }).name).toBe('random');
  expect(missingSplit({ split: 'random-k-fold' }).name).toBe('loso');
});

it('says which way the scores lie', () => {
  expect(honestyInWords(0.1294)).toBe('Random reads 0.129 higher: it has heard these voices.');
  expect(honestyInWords(-0.02)).toContain('Random reads 0.020 lower here');
  expect(honestyInWords(0)).toBe('Both read the same here.');
});
