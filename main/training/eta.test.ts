// Tests of the estimate: on made-up runs whose end is known.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { etaSeconds, type FoldPace } from './eta.ts';

const EPOCHS = 10;

const fold = (state: FoldPace['state'], done: number, clips = 100, seconds = 0.5, besides = 2): FoldPace => ({
  state,
  clips,
  epochSeconds: Array.from({ length: done }, () => (seconds * clips) / 100),
  wallSeconds: state === 'done' ? (done * seconds * clips) / 100 + besides : null,
});

describe('etaSeconds', () => {
  it('knows nothing before the first epoch', () => {
    expect(etaSeconds([fold('running', 0), fold('waiting', 0)], EPOCHS, 2)).toBeNull();
  });

  it('counts what a process takes besides its epochs, and folds side by side', () => {
    const folds = [fold('done', 10), fold('waiting', 0), fold('waiting', 0), fold('waiting', 0)];
    expect(etaSeconds(folds, EPOCHS, 1)).toBeCloseTo(3 * 7, 9);
    expect(etaSeconds(folds, EPOCHS, 2)).toBeCloseTo(2 * 7, 9);
    expect(etaSeconds([fold('done', 10), fold('running', 4)], EPOCHS, 2)).toBeCloseTo(3, 9);
  });

  it('takes larger folds for slower, and folds that stop early for short', () => {
    expect(etaSeconds([fold('done', 10, 50), fold('waiting', 0, 200)], EPOCHS, 1)).toBeCloseTo(10 * 1 + 2, 9);
    expect(etaSeconds([fold('done', 4), fold('waiting', 0)], EPOCHS, 1)).toBeCloseTo(4 * 0.5 + 2, 9);
  });

  it('is within a fifth of what a run then takes, from its first finished fold on', () => {
    const sizes = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), (clips, lanes) => {
        // Folds are taken up in their order by so many lanes; each takes 0.005 s a clip and epoch, and 1 s besides.
        const ends: number[] = [];
        const free = new Array<number>(lanes).fill(0);
        const spans = clips.map((size) => {
          const lane = free.indexOf(Math.min(...free));
          const from = free[lane]!;
          ends.push((free[lane] = from + EPOCHS * 0.005 * size + 1));
          return { from, to: free[lane], size };
        });
        const now = Math.min(...ends);
        const seen = spans.map(({ from, to, size }): FoldPace => {
          const done = to <= now ? EPOCHS : Math.max(0, Math.floor((now - from - 1) / (0.005 * size)));
          const state = to <= now ? 'done' : from < now ? 'running' : 'waiting';
          return fold(state, done, size, 0.5, 1);
        });
        const truth = Math.max(...ends) - now;
        if (truth > 5) expect(Math.abs(etaSeconds(seen, EPOCHS, lanes)! / truth - 1)).toBeLessThan(0.2);
      }),
    );
  });
});
