// Tables of hit rates as laboratories write them.
import { expect, it } from 'vitest';
import { parseHitRates } from './hit-rates.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

it("reads EMO-DB's: no-break spaces, decimal commas, percent", () => {
  const table =
    'Nr.\tSatz\terkannt\tnatuerlich\r\n1\xa0 \t03a01Ab.wav\t65,00\xa0\xa0 \t35,00\xa0\r\n2\t03a01Fa.wav\t90,5\t75\r\n';
  expect(parseHitRates(bytes(table), 'erkennung.txt')).toEqual([
    { file: '03a01Ab.wav', recall: 0.65 },
    { file: '03a01Fa.wav', recall: 0.905 },
  ]);
});

it('reads shares, and columns by name', () => {
  const table = 'clip,heard,recall\na/1.wav,0.5,1\na/2.wav,0.25,1\na/3.wav,,1\n';
  expect(parseHitRates(bytes(table), 't.csv', { recallColumn: 'heard' })).toEqual([
    { file: 'a/1.wav', recall: 0.5 },
    { file: 'a/2.wav', recall: 0.25 },
  ]);
  expect(parseHitRates(bytes(table), 't.csv')[0]).toEqual({ file: 'a/1.wav', recall: 1 });
});

it.each([
  ['a,b\n1,2\n', {}, 'the file'],
  ['a,b\n1.wav,2\n', {}, 'the hit rate'],
  ['a,recall\n1.wav,200\n', {}, '0 and 100'],
  ['a,recall\n1.wav,2\n', { fileColumn: 'c' }, 'no column "c"'],
  ['', {}, 'empty'],
])('refuses %j, naming the table', (table, columns, message) => {
  expect(() => parseHitRates(bytes(table), 'rates.csv', columns)).toThrow(message);
  expect(() => parseHitRates(bytes(table), 'rates.csv', columns)).toThrow('rates.csv');
});
