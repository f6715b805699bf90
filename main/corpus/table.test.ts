// Metadata tables: encodings, delimiters, guesses, and rows that do not match the files.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TableMapping } from '../../shared/contract/schemas.ts';
import { parseTable, readTable } from './csv.ts';
import { guessTable, indexAudio, tableAdapter, type TableAdapter } from './table.ts';

const FOLDER = '/corpus';
const MAPPING: TableMapping = {
  file: 'file',
  label: 'emotion',
  speaker: 'speaker',
  sex: 'sex',
  text: 'text',
};

function tableOf(text: string): ReturnType<typeof parseTable> {
  return parseTable(Buffer.from(text), 'table.csv');
}

function adapterOf(text: string, paths: string[], audioFolder = FOLDER): TableAdapter {
  const table = tableOf(text);
  const mapping = Object.fromEntries(
    Object.entries(MAPPING).filter(([, column]) => table.columns.includes(column)),
  ) as TableMapping;
  return tableAdapter(FOLDER, { file: '/corpus/table.csv', audioFolder, mapping }, table, indexAudio(paths));
}

describe('parseTable', () => {
  const rows = [
    ['a,b.wav', 'wütend'],
    ['c.wav', 'łzy'],
  ];

  it.each([
    ['commas and quotes', 'file,emotion\r\n"a,b.wav", wütend \r\nc.wav,łzy\r\n'],
    ['semicolons', 'file;emotion\na,b.wav;wütend\n\nc.wav;łzy'],
    ['tabs', 'file\temotion\n a,b.wav\t wütend\nc.wav\tłzy\n\t\n'],
    ['a byte order mark', '\ufefffile|emotion\na,b.wav|wütend\nc.wav|łzy\n'],
  ])('reads %s', (_, text) => expect(tableOf(text)).toEqual({ columns: ['file', 'emotion'], rows }));

  it('reads UTF-16 and Latin-1', () => {
    const text = 'file;emotion\na.wav;Müdigkeit\n';
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    for (const bytes of [utf16, Buffer.from(text, 'latin1')]) {
      expect(parseTable(bytes, 't').rows).toEqual([['a.wav', 'Müdigkeit']]);
    }
  });

  it('names a file that is no table', () => {
    expect(() => parseTable(Buffer.from([1, 0, 2, 0, 0, 3]), '/x/t.csv')).toThrow('/x/t.csv');
    expect(() => parseTable(Buffer.from('\n\n'), '/x/t.csv')).toThrow('/x/t.csv cannot be read: it is empty');
  });

  it('reads no file that would not fit into memory as rows', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pathos-table-'));
    const file = path.join(folder, 't.csv');
    writeFileSync(file, 'file,emotion\na.wav,joy\n');
    expect((await readTable(file)).rows).toEqual([['a.wav', 'joy']]);
    truncateSync(file, 2 ** 31);
    await expect(readTable(file)).rejects.toThrow(`${file} cannot be read: it has 2048 MB`);
    rmSync(folder, { recursive: true });
  });
});

describe('guessTable', () => {
  it('finds columns by name and the folder by the files', () => {
    const table = tableOf('Speaker ID,File_ID,Emotion,Gender,Sentence\nann,1,joy,f,Hi\nbob,2,anger,m,Ho\n');
    const audio = indexAudio(['samples/1.wav', 'samples/2.wav', 'samples/3.wav']);
    expect(guessTable(table, '', audio)).toEqual({
      mapping: { file: 'File_ID', label: 'Emotion', speaker: 'Speaker ID', sex: 'Gender', text: 'Sentence' },
      audioFolder: 'samples',
      matched: 2,
    });
  });

  it('takes the file column that finds the most files', () => {
    const table = tableOf('name,audio\nann,x/1.wav\nbob,x/2.wav\n');
    const guess = guessTable(table, 'meta', indexAudio(['x/1.wav', 'x/2.wav']));
    expect(guess).toMatchObject({ mapping: { file: 'audio' }, audioFolder: '', matched: 2 });
  });

  it('leaves out what it cannot guess', () => {
    expect(guessTable(tableOf('x,y\n1,2\n'), '', indexAudio(['1.wav']))).toMatchObject({
      mapping: {},
      matched: 0,
    });
  });
});

describe('tableAdapter', () => {
  it('finds files without extension, in another case, with backslashes', () => {
    const adapter = adapterOf('file,emotion\na,joy\nB.WAV,sad\nsub\\c.wav,anger\n', [
      'a.wav',
      'b.wav',
      'sub/c.wav',
    ]);
    const labels = ['a.wav', 'b.wav', 'sub/c.wav'].map((path) => adapter.read(path));
    expect(labels).toMatchObject([
      { facts: { label: 'happiness' } },
      { facts: { label: 'sadness' } },
      { facts: { label: 'anger' } },
    ]);
    expect(adapter.missing).toEqual([]);
  });

  it('takes the same words for the same utterance', () => {
    const adapter = adapterOf('file,emotion,text\na,joy,"Hej, ty!"\nb,joy,hej ty\n', ['a.wav', 'b.wav']);
    expect(adapter.read('a.wav')).toMatchObject({ facts: { utterance: 'hej ty', text: 'Hej, ty!' } });
    expect(adapter.read('b.wav')).toMatchObject({ facts: { utterance: 'hej ty' } });
  });

  it('says which rows have no file and which files no row', () => {
    const adapter = adapterOf('file,emotion\na.wav,joy\ngone.wav,joy\n', ['s/a.wav', 's/b.wav'], '/corpus/s');
    expect(adapter.missing).toEqual([{ path: 's/gone.wav', reason: 'is named in table.csv, but not there' }]);
    expect(adapter.read('s/b.wav')).toEqual({ misfit: 'has no row in table.csv' });
  });

  it('keeps a file without a label, refuses one with two', () => {
    const adapter = adapterOf('file,emotion,sex\na,,F\nb,joy,x\nb,joy,x\nc,joy,\nc,anger,\n', [
      'a.wav',
      'b.wav',
      'c.wav',
    ]);
    expect(adapter.read('a.wav')).toMatchObject({ facts: { label: null, sex: 'female' } });
    expect(adapter.read('b.wav')).toMatchObject({ facts: { label: 'happiness', sex: null } });
    expect(adapter.read('c.wav')).toEqual({ misfit: 'has rows of different labels in table.csv' });
  });

  it('refuses a column that is not there and audio outside the folder', () => {
    const table = tableOf('file,emotion\na,joy\n');
    const audio = indexAudio(['a.wav']);
    const spec = {
      file: '/corpus/t.csv',
      audioFolder: FOLDER,
      mapping: { file: 'file', label: 'constructor' },
    };
    expect(() => tableAdapter(FOLDER, spec, table, audio)).toThrow('has no column "constructor"');
    const elsewhere = { ...spec, audioFolder: '/corpus2', mapping: { file: 'file', label: 'emotion' } };
    expect(() => tableAdapter(FOLDER, elsewhere, table, audio)).toThrow('/corpus2 does not lie in /corpus');
  });
});
