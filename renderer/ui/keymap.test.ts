// Rebinding: a key has one meaning on a screen, what differs is kept, and going back leaves nothing behind.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conflicts, keysOf, rebound, refusal, together, withKeys, type ScopedKey } from './keymap.ts';
import { ALL_KEYS } from './roomKeys.ts';

const key = (id: string, scope: string, ...keys: string[]): ScopedKey => ({ id, scope, label: id, keys });
const NEXT = key('label.next', 'Label', 'J', 'ArrowDown');
const BLIND = key('label.blind', 'Label', 'B');
const PALETTE = key('palette', 'Everywhere', 'Ctrl K');
const ALL = [NEXT, BLIND, PALETTE, key('cell.next', 'Evaluate', 'J')];

describe('a keymap', () => {
  it('puts a chord in the place of the old one and takes it from whoever had it', () => {
    const taken = conflicts('B', NEXT, ALL, {});
    expect(taken.map(({ id }) => id)).toEqual(['label.blind']);
    const map = rebound({}, NEXT, 0, 'B', taken);
    expect(keysOf(NEXT, map)).toEqual(['B', 'ArrowDown']);
    expect(keysOf(BLIND, map)).toEqual([]);
    expect(conflicts('B', NEXT, ALL, map)).toEqual([]);
  });

  it('knows which headings share a screen', () => {
    expect(together('Segments', 'Label')).toBe(true);
    expect(together('Label', 'Evaluate')).toBe(false);
    expect(conflicts('J', ALL[3]!, ALL, {})).toEqual([]);
    expect(conflicts('Ctrl K', NEXT, ALL, {}).map(({ id }) => id)).toEqual(['palette']);
  });

  it('keeps nothing where a command has its own keys again', () => {
    const map = withKeys({}, NEXT, ['N']);
    expect(map).toEqual({ 'label.next': ['N'] });
    expect(withKeys(map, NEXT, ['J', 'ArrowDown'])).toEqual({});
  });

  it('leaves walking and closing alone', () => {
    expect(refusal('Tab')).toMatch(/Tab/);
    expect(refusal('J')).toBeNull();
  });

  it('never has one chord twice on a screen, whatever is rebound in whatever order', () => {
    const chord = fc.constantFrom('J', 'B', 'Ctrl K', 'N', 'ArrowDown');
    const step = fc.record({ at: fc.nat(ALL.length - 1), place: fc.nat(2), chord });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let map = {};
        for (const { at, place, chord: wanted } of steps) {
          const command = ALL[at]!;
          map = rebound(map, command, place, wanted, conflicts(wanted, command, ALL, map));
        }
        for (const command of ALL) {
          for (const has of keysOf(command, map)) expect(conflicts(has, command, ALL, map)).toEqual([]);
        }
      }),
    );
  });
});

describe('the table of keys', () => {
  it('has the number keys taken wherever they set labels', () => {
    const takers = (id: string) => {
      const command = ALL_KEYS.find((one) => one.id === id)!;
      return conflicts('3', command, ALL_KEYS, {}).map((taker) => taker.id);
    };
    expect(takers('cell.next')).toEqual(['duel.label.3']);
    for (const id of ['label.next', 'segment.split', 'raters.majority', 'test.play'])
      expect(takers(id)).toEqual(['label.3']);
    expect(takers('parallel.take')).toEqual([]);
  });

  it('gives every command an id of its own and no key twice on a screen', () => {
    expect(new Set(ALL_KEYS.map(({ id }) => id)).size).toBe(ALL_KEYS.length);
    for (const command of ALL_KEYS) {
      for (const chord of command.keys ?? []) {
        expect(
          conflicts(chord, command, ALL_KEYS, {}).map(({ id }) => `${chord}: ${command.id}, ${id}`),
        ).toEqual([]);
      }
    }
  });
});
