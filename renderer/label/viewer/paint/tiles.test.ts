// Tiles of a picture: which ones a view needs, and which are kept.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelFor, recordsAt, stepAt, TILE, TileCache, tilesOf, topLevel } from './tiles.ts';

const shape = fc.record({
  records: fc.integer({ min: 1, max: 5_000_000 }),
  stepSeconds: fc.double({ min: 0.0005, max: 0.1, noNaN: true }),
});

describe('tiles', () => {
  it('cover the view and no more than a tile beyond it', () => {
    fc.assert(
      fc.property(
        shape,
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0.001, max: 0.1, noNaN: true }),
        (track, from, share) => {
          const length = track.records * track.stepSeconds;
          const view = { startSeconds: from * length, spanSeconds: share * length, widthPx: 1000 };
          const level = levelFor(track, view, 1);
          const [first, last] = tilesOf(track, level, view, 0);
          const seconds = stepAt(track, level) * TILE;
          expect(first * seconds).toBeLessThanOrEqual(view.startSeconds + 1e-9);
          expect((last + 1) * seconds).toBeGreaterThanOrEqual(view.startSeconds + view.spanSeconds - 1e-9);
          expect((last - first - 1) * seconds).toBeLessThanOrEqual(view.spanSeconds + 1e-9);
          expect(level).toBeLessThanOrEqual(topLevel(track.records));
        },
      ),
    );
  });

  it('have at least a record a pixel, and few tiles, at every zoom', () => {
    fc.assert(
      fc.property(shape, fc.double({ min: 1e-4, max: 1, noNaN: true }), (track, share) => {
        const spanSeconds = share * track.records * track.stepSeconds;
        const view = { startSeconds: 0, spanSeconds, widthPx: 1000 };
        const level = levelFor(track, view, 1);
        const records = spanSeconds / stepAt(track, level);
        if (level > 0) expect(records).toBeGreaterThanOrEqual(499);
        expect(records).toBeLessThanOrEqual(4001);
      }),
    );
  });

  it('counts the records of a level as the engine does', () => {
    expect([0, 1, 2, 3].map((level) => recordsAt(level, 8193))).toEqual([8193, 2049, 513, 129]);
    expect(topLevel(8193)).toBe(3);
    expect(topLevel(512)).toBe(0);
  });

  it('are kept by use', () => {
    const cache = new TileCache<string>(2);
    const tile = (data: string) => ({ data, count: 1, whole: true, atMs: 0 });
    cache.put(0, 0, tile('a'));
    cache.put(0, 1, tile('b'));
    cache.get(0, 0);
    cache.put(0, 2, tile('c'));
    expect(cache.get(0, 1)).toBeUndefined();
    expect(cache.get(0, 0)?.data).toBe('a');
  });
});
