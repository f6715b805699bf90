// When a metadata table has to be asked about, and what comes of the answers.
import { describe, expect, it } from 'vitest';
import type { FolderProbe, TableProbe } from '../../shared/contract/schemas.ts';
import { audioFolders, completeMapping, needsMapping } from './mapping.ts';

const TABLE: TableProbe = {
  file: '/data/list.csv',
  audioFolder: '/data',
  columns: ['file', 'emotion'],
  sampleRows: [['a.wav', 'anger']],
  rows: 10,
  guess: { file: 'file', label: 'emotion' },
  matchedFiles: 10,
};
const PROBE: FolderProbe = {
  folder: '/data',
  adapter: 'table',
  audioFiles: 10,
  fitting: 10,
  tables: [TABLE],
  known: false,
};

describe('needsMapping', () => {
  it('asks where a required column is missing or files are not found', () => {
    expect(needsMapping(PROBE)).toBe(false);
    expect(needsMapping({ ...PROBE, tables: [{ ...TABLE, guess: { file: 'file' } }] })).toBe(true);
    expect(needsMapping({ ...PROBE, adapter: 'folders', tables: [{ ...TABLE, guess: {} }] })).toBe(true);
    expect(needsMapping({ ...PROBE, tables: [{ ...TABLE, matchedFiles: 4 }] })).toBe(true);
  });

  it('does not ask about what is known, explained by file names, or empty', () => {
    const unclear = { ...PROBE, tables: [{ ...TABLE, guess: {} }] };
    expect(needsMapping({ ...unclear, known: true })).toBe(false);
    expect(needsMapping({ ...unclear, adapter: 'emodb' })).toBe(false);
    expect(needsMapping({ ...PROBE, tables: [{ ...TABLE, rows: 0, guess: {} }] })).toBe(false);
    expect(needsMapping({ ...PROBE, tables: [] })).toBe(false);
  });
});

describe('completeMapping', () => {
  it('needs file and label, and leaves out what was not chosen', () => {
    expect(completeMapping({ file: 'file' })).toBeNull();
    expect(completeMapping({ file: 'f', label: 'l', speaker: undefined, sex: '' })).toEqual({
      file: 'f',
      label: 'l',
    });
  });
});

describe('audioFolders', () => {
  it('finds the folder that holds the files', async () => {
    const counts = new Map([
      ['/data', 0],
      ['/data/docs', 0],
      ['/data/wav', 12],
    ]);
    const list = (folder: string) =>
      Promise.resolve({
        folder,
        parent: null,
        home: '/home',
        folders: folder === '/data' ? ['docs', 'wav'].map((name) => ({ name, folder: `/data/${name}` })) : [],
        audioFiles: counts.get(folder) ?? 0,
      });
    expect(await audioFolders('/data', list)).toEqual([
      { folder: '/data/wav', audioFiles: 12 },
      { folder: '/data', audioFiles: 0 },
    ]);
  });
});
