// Settings and feature matrices come back as they were put.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStore } from './database.ts';
import { featureStore } from './features.ts';
import { loadSettings, saveSettings } from './settings.ts';

describe('settings', () => {
  it('are defaults until saved, and one at a time', () => {
    const store = openStore(':memory:');
    const defaults = loadSettings(store);
    expect(defaults).toMatchObject({ theme: 'system', advanceAfterLabel: true, lastCorpusId: null });
    saveSettings(store, { theme: 'dark', lastCorpusId: 3 });
    expect(loadSettings(store)).toEqual({ ...defaults, theme: 'dark', lastCorpusId: 3 });
    expect(() => saveSettings(store, { rater: '' })).toThrow();
    expect(loadSettings(store).rater).toBe(defaults.rater);
    store.close();
  });

  it('give way to the default where a saved one is no longer valid', () => {
    const store = openStore(':memory:');
    store.db.exec(`INSERT INTO settings VALUES ('theme', '"plaid"'), ('gone', '1'), ('toString', '1')`);
    expect(loadSettings(store).theme).toBe('system');
    store.close();
  });
});

describe('featureStore', () => {
  it('gives back the same matrix, bit for bit, and none for anything else', () => {
    const store = openStore(':memory:');
    const cache = featureStore(store);
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.integer({ min: 1, max: 4 }),
        fc.float32Array({ maxLength: 20, minLength: 20 }),
        (frames, coefficients, all) => {
          const matrix = { frames, coefficients, values: all.slice(0, frames * coefficients) };
          cache.putMany([{ contentHash: 'content', matrix }], 'feature');
          expect(cache.getMany(['nothing', 'content'], 'feature')).toEqual([undefined, matrix]);
          expect(cache.getMany(['content'], 'other')).toEqual([undefined]);
        },
      ),
    );
    store.close();
  });
});
