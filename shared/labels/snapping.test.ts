// Edges snap to where the sound crosses zero or where silence begins and ends, and stay put where neither is near.
import { describe, expect, it } from 'vitest';
import { nearestZeroCrossing, silenceEdges, snapped, type Stretch } from './snapping.ts';

const RATE = 16_000;
/** One second of a 100 Hz sine, silent from 0.4 to 0.6 s, beginning at 3 s in the clip. */
const burst: Stretch = {
  sampleRateHz: RATE,
  startSeconds: 3,
  samples: Float32Array.from({ length: RATE }, (_, i) => {
    const t = i / RATE;
    return t >= 0.4 && t < 0.6 ? 0 : 0.5 * Math.sin(2 * Math.PI * 100 * (t + 0.0001));
  }),
};

describe('zero crossings', () => {
  it('are found between samples, the nearest one', () => {
    // Crossings of the sine at n x 5 ms - 0.1 ms.
    expect(nearestZeroCrossing(burst, 3.103, 0.01)).toBeCloseTo(3.1049, 5);
    expect(nearestZeroCrossing(burst, 3.101, 0.01)).toBeCloseTo(3.0999, 5);
  });

  it('are none where nothing is within reach', () => {
    const loud: Stretch = { ...burst, samples: new Float32Array(RATE).fill(0.3) };
    expect(nearestZeroCrossing(loud, 3.5, 0.01)).toBeNull();
    expect(snapped(loud, 3.5, 'zero')).toBe(3.5);
  });
});

describe('silence', () => {
  it('begins and ends where the sound stops and starts', () => {
    const edges = silenceEdges(burst);
    expect(edges).toHaveLength(2);
    expect(edges[0]).toBeCloseTo(3.4, 2);
    expect(edges[1]).toBeCloseTo(3.6, 2);
    expect(snapped(burst, 3.33, 'silence')).toBeCloseTo(3.4, 2);
    expect(snapped(burst, 3.1, 'silence')).toBe(3.1);
    expect(snapped(burst, 3.33, 'off')).toBe(3.33);
  });

  it('has no edge in a stretch that is all silence', () => {
    expect(silenceEdges({ ...burst, samples: new Float32Array(RATE) })).toEqual([]);
  });
});
