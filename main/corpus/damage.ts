// Damages WAV files in twenty ways, each as it happens to real corpora: for tests and benchmarks.
import { readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Offsets in a canonical WAV: RIFF, fmt (16 bytes), data. */
const RIFF_SIZE = 4;
const WAVE_MAGIC = 8;
const FORMAT_SIZE = 16;
const FORMAT_TAG = 20;
const CHANNELS = 22;
const SAMPLE_RATE = 24;
const BLOCK_ALIGN = 32;
const BITS = 34;
const DATA_MAGIC = 36;
const DATA_SIZE = 40;
const HEADER_BYTES = 44;
const A_LAW = 6;

/** One way; `damage` does it to `file` and returns where the file is now. */
export interface Damage {
  readonly name: string;
  damage(file: string): string;
}

/** Twenty ways in which a 16-bit PCM file with a canonical 44-byte header becomes useless. */
export const DAMAGES: readonly Damage[] = [
  inPlace('no bytes at all', (file) => truncateSync(file, 0)),
  inPlace('cut within the RIFF header', (file) => truncateSync(file, 9)),
  inPlace('cut within the format', (file) => truncateSync(file, 25)),
  inPlace('cut right behind the header', (file) => truncateSync(file, HEADER_BYTES)),
  inPlace('cut within the samples', (file) => truncateSync(file, 30_001)),
  inPlace('last kilobyte lost', (file) => truncateSync(file, readFileSync(file).length - 1024)),
  bytes('overwritten with zeros', (data) => data.fill(0)),
  bytes('not RIFF', (data) => data.write('JUNK', 0, 'latin1')),
  bytes('RIFF, but not WAVE', (data) => data.write('AVI ', WAVE_MAGIC, 'latin1')),
  bytes('samples under another chunk name', (data) => data.write('junk', DATA_MAGIC, 'latin1')),
  bytes('format chunk that claims 2 GB', (data) => data.writeUInt32LE(2 ** 31, FORMAT_SIZE)),
  bytes('samples that claim more than there is', (data) => data.writeUInt32LE(data.length * 2, DATA_SIZE)),
  bytes('samples that claim to be none', (data) => data.writeUInt32LE(0, DATA_SIZE)),
  bytes('RIFF size that claims more than there is', (data) => data.writeUInt32LE(data.length * 2, RIFF_SIZE)),
  bytes('no channels', (data) => data.writeUInt16LE(0, CHANNELS)),
  bytes('sample rate of zero', (data) => data.writeUInt32LE(0, SAMPLE_RATE)),
  bytes('seven-bit samples', (data) => {
    data.writeUInt16LE(7, BITS);
    data.writeUInt16LE(1, BLOCK_ALIGN);
  }),
  bytes('A-law', (data) => data.writeUInt16LE(A_LAW, FORMAT_TAG)),
  {
    name: 'renamed so that no adapter knows it',
    damage(file) {
      const renamed = join(dirname(file), 'rehearsal of monday.wav');
      renameSync(file, renamed);
      return renamed;
    },
  },
  inPlace('a link that leads nowhere', (file) => {
    rmSync(file);
    symlinkSync(`${file}.gone`, file);
  }),
];

function inPlace(name: string, change: (file: string) => void): Damage {
  return {
    name,
    damage(file) {
      change(file);
      return file;
    },
  };
}

function bytes(name: string, change: (data: Buffer) => void): Damage {
  return inPlace(name, (file) => {
    const data = readFileSync(file);
    change(data);
    writeFileSync(file, data);
  });
}
