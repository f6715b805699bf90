// A track's window on its way through the contract: bytes and back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packWindow, unpackWindow } from './trackWindow.ts';

test('a window comes back as it was packed', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.array(fc.string({ unit: 'grapheme' })), (data, columns) => {
      const window = {
        ...{ kind: 'uint8' as const, width: 3, records: 9, done: 4, stepSeconds: 0.02 },
        ...{ low: [-1.5], high: [2], columns, first: 2 },
      };
      const { data: back, ...rest } = unpackWindow(packWindow(window, data).buffer);
      expect(rest).toEqual(window);
      expect(new Uint8Array(back)).toEqual(data);
    }),
  );
});
