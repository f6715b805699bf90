// Tests of the cluster bootstrap on distributions that are known exactly.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterIntervals } from './bootstrap.ts';
import { percentile } from './metrics.ts';

/** Clips and right answers of a speaker. */
const tally = (clips: number, right: number): Float64Array => Float64Array.of(clips, right);
const share = (sums: Float64Array): (number | null)[] => [sums[0] === 0 ? null : sums[1]! / sums[0]!];

describe('clusterIntervals', () => {
  it('meets the exact bootstrap distribution over all 4^4 resamples', () => {
    // Speaker k of 4 has k of 4 clips right: a resample's accuracy is the mean of the shares drawn.
    const means: number[] = [];
    for (let code = 0; code < 256; code++)
      means.push([0, 2, 4, 6].reduce((total, shift) => total + ((code >> shift) & 3) / 4, 0) / 4);
    means.sort((a, b) => a - b);
    const tallies = [0, 1, 2, 3].map((right) => tally(4, right));
    const [got] = clusterIntervals({ tallies, speakers: 4, seed: 1 }, share);
    // One step of the distribution is 1/16.
    expect(Math.abs(got![0] - percentile(means, 0.025))).toBeLessThanOrEqual(1 / 16);
    expect(Math.abs(got![1] - percentile(means, 0.975))).toBeLessThanOrEqual(1 / 16);
  });

  it('repeats itself for a seed and a stream', () => {
    const tallies = Array.from({ length: 9 }, (_, i) => tally(7 + i * i, (i * 5) % 7));
    const of = (seed: number, stream?: string) =>
      clusterIntervals({ tallies, speakers: 9, seed, ...(stream && { stream }) }, share);
    expect(of(4)).toEqual(of(4));
    expect(of(4)).not.toEqual(of(5));
    expect(of(4)).not.toEqual(of(4, 'another'));
  });

  it('brackets a score that is the same for every speaker', () => {
    const tallies = Array.from({ length: 5 }, (_, i) => tally(i + 1, i + 1));
    expect(clusterIntervals({ tallies, speakers: 5, seed: 1 }, share)).toEqual([[1, 1]]);
  });

  it('is not estimable with fewer than three speakers, or where most resamples do not define it', () => {
    const few = [tally(3, 1), tally(3, 2), tally(3, 3)];
    expect(clusterIntervals({ tallies: few, speakers: 2, seed: 1 }, share)).toEqual([null]);
    // All three have clips, so that no resample has fewer than nine.
    const many = (sums: Float64Array): (number | null)[] => [...share(sums), sums[0]! > 8 ? null : 0];
    const three = [tally(3, 0), tally(3, 0), tally(3, 0)];
    expect(clusterIntervals({ tallies: three, speakers: 3, seed: 1 }, many)).toEqual([[0, 0], null]);
  });

  it('is not estimable for a figure that fewer than three speakers have a part in', () => {
    const of = (withClips: number, nobody?: number) =>
      clusterIntervals(
        {
          tallies: Array.from({ length: 8 }, (_, i) => tally(i < withClips ? 6 : 0, 2)),
          speakers: nobody === undefined ? 8 : 7,
          ...(nobody !== undefined && { nobody }),
          seed: 1,
        },
        share,
      )[0];
    expect([of(1), of(2)]).toEqual([null, null]);
    expect(of(3)).not.toBeNull();
    // Clips of nobody in particular are no speaker's.
    expect(of(3, 0)).toBeNull();
    expect(of(3, 7)).not.toBeNull();
  });

  it('lies within the range of the speakers’ own shares', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10), { minLength: 3, maxLength: 8 }), fc.nat(), (right, seed) => {
        const tallies = right.map((many) => tally(10, many));
        const [ends] = clusterIntervals({ tallies, speakers: right.length, seed, resamples: 50 }, share);
        expect(ends![0]).toBeGreaterThanOrEqual(Math.min(...right) / 10 - 1e-12);
        expect(ends![1]).toBeLessThanOrEqual(Math.max(...right) / 10 + 1e-12);
      }),
    );
  });
});
