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
    // One of eight speakers has clips: he is missing from (7/8)^8 = 34 % of the resamples; one of two figures needs two.
    const rare = Array.from({ length: 8 }, (_, i) => tally(i === 0 ? 1 : 0, 0));
    const twice = (sums: Float64Array): (number | null)[] => [...share(sums), sums[0]! < 2 ? null : 0];
    expect(clusterIntervals({ tallies: rare, speakers: 8, seed: 1 }, twice)).toEqual([[0, 0], null]);
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
