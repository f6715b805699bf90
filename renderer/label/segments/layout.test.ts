// Tiers stand apart, rows never overlap, and a pointer takes hold of what it is on.
import { describe, expect, it } from 'vitest';
import { hitTest, layoutOf, tierAfter } from './layout.ts';

const seg = (segmentId: number, startSeconds: number, endSeconds: number, tier = 'segments') => ({
  ...{ segmentId, startSeconds, endSeconds, tier },
});
const view = { pixelOf: (seconds: number) => seconds * 100, secondsAt: (pixel: number) => pixel / 100 };

describe('layoutOf', () => {
  it('gives a tier as many rows as overlap, and the next tier those below', () => {
    const layout = layoutOf(
      [seg(1, 0, 2), seg(2, 1, 3), seg(3, 2.5, 4), seg(4, 0, 9, 'b'), seg(5, 0, 1, 'a')],
      ['segments'],
    );
    expect(layout.tiers).toEqual([
      { tier: 'segments', firstRow: 0, rows: 2 },
      { tier: 'a', firstRow: 2, rows: 1 },
      { tier: 'b', firstRow: 3, rows: 1 },
    ]);
    const rowOf = new Map(layout.index.items.map((item, i) => [item.segmentId, layout.rows[i]]));
    expect([1, 2, 3, 4, 5].map((id) => rowOf.get(id))).toEqual([0, 1, 0, 3, 2]);
  });
});

describe('tierAfter', () => {
  const [first, second] = [seg(1, 0, 1), seg(2, 0, 1)];

  it('is the next one, past the last a new one', () => {
    const low = seg(3, 0, 1, 'tier 2');
    expect(tierAfter(first, [first, low], ['segments', 'tier 2'])).toBe('tier 2');
    expect(tierAfter(first, [first, second], ['segments'])).toBe('tier 2');
    const high = seg(4, 0, 1, 'tier 3');
    expect(tierAfter(high, [high, seg(5, 0, 1, 'tier 3')], ['segments', 'tier 3'])).toBe('tier 4');
  });

  it('is the first one for what is alone on the last; none where that is the only one', () => {
    const low = seg(3, 0, 1, 'tier 2');
    expect(tierAfter(low, [first, low], ['segments', 'tier 2'])).toBe('segments');
    expect(tierAfter(first, [first], ['segments'])).toBeNull();
  });
});

describe('hitTest', () => {
  const layout = layoutOf([seg(1, 1, 2), seg(2, 1.5, 3), seg(3, 5, 5.05)], ['segments']);
  const at = (x: number, y: number, selected: number | null = null) => {
    const hit = hitTest(layout, x, y, 100, view, selected);
    return hit && `${hit.item.segmentId} ${hit.grip}`;
  };

  it('finds edges, bodies and nothing', () => {
    expect(at(103, 20)).toBe('1 start');
    expect(at(130, 20)).toBe('1 body');
    expect(at(197, 20)).toBe('1 end');
    expect(at(250, 80)).toBe('2 body');
    expect(at(450, 20)).toBeNull();
  });

  it('takes a narrow segment as a whole, and the selected one wherever it is', () => {
    expect(at(502, 20)).toBe('3 body');
    expect(at(151, 20, 2)).toBe('2 start');
  });
});
