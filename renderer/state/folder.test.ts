// Paths lose only whole folders, and only shared ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonFolder, withoutFolder } from './folder.ts';

describe('commonFolder', () => {
  it.each([
    ['samples/0_anger_1.wav', 'samples/9_sad_2.wav', 'samples/'],
    ['a/b/1.wav', 'a/b/c/2.wav', 'a/b/'],
    ['anger/a01.wav', 'angst/a01.wav', ''],
    ['anger/a01.wav', 'fear/a01.wav', ''],
    ['1.wav', '2.wav', ''],
    ['a/1.wav', 'a/1.wav', 'a/'],
  ])('of %s and %s is "%s"', (first, last, folder) => expect(commonFolder(first, last)).toBe(folder));

  it('is the folder of every path between the first and the last', () => {
    const name = fc.stringMatching(/^[ab]{1,2}$/);
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(path, { minLength: 1 }), (paths) => {
        const sorted = [...paths].sort();
        const folder = commonFolder(sorted[0]!, sorted.at(-1)!);
        for (const each of sorted) expect(folder + withoutFolder(each, folder)).toBe(each);
      }),
    );
  });
});
