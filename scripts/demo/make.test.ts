// The archive in resources/ is what the generator makes, bit for bit, and its arithmetic and packing hold.
import * as fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_ARCHIVE_PATH, type DemoArchive, readDemoArchive, sha256 } from '../../main/corpus/demo.ts';
import { packArchive, wavOf } from './archive.ts';
import { speakTake, TAKES } from './corpus.ts';
import { cos, exp2, fromDecibels, sin } from './exact.ts';
import { parseSentence } from './phonemes.ts';
import { SAMPLE_RATE_HZ, SAMPLE_STEP } from './synth.ts';

const ARCHIVE_FILE = fileURLToPath(new URL(`../../resources/${DEMO_ARCHIVE_PATH}`, import.meta.url));

describe('the archive in resources', () => {
  let archive: DemoArchive;
  beforeAll(async () => {
    archive = await readDemoArchive(ARCHIVE_FILE);
  });

  it('holds 4 sentences by 6 speakers in 5 emotions, named as AESDD names them', () => {
    const paths = archive.header.clips.map((clip) => clip.path);
    expect(paths).toEqual(TAKES.map((take) => take.path));
    expect(new Set(paths).size).toBe(120);
    expect(paths[0]).toBe('anger/a01 (1).wav');
    expect(paths.at(-1)).toBe('sadness/s04 (6).wav');
    expect(archive.header.sampleRateHz).toBe(SAMPLE_RATE_HZ);
  });

  it('equals what the generator speaks, on every seventh take', () => {
    for (let index = 0; index < TAKES.length; index += 7) {
      const spoken = sha256(wavOf(speakTake(TAKES[index]!), SAMPLE_RATE_HZ));
      expect(spoken, TAKES[index]!.path).toBe(archive.header.clips[index]!.sha256);
    }
  });

  it('gives back each clip as it was hashed', () => {
    for (const clip of archive.header.clips) expect(archive.wav(clip).length).toBe(44 + 2 * clip.samples);
  });
});

describe('packing', () => {
  it('gives back any samples', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pathos-demo-'));
    const file = path.join(folder, 'archive.bin.br');
    const sample = fc.integer({ min: -4096, max: 4095 }).map((value) => value * SAMPLE_STEP);
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1 }), fc.array(sample), async (first, second) => {
        const clips = [first, second].map((samples, index) => ({
          path: `fear/f01 (${index + 1}).wav`,
          samples: Int16Array.from(samples),
        }));
        await writeFile(file, packArchive(clips, SAMPLE_RATE_HZ, SAMPLE_STEP));
        const archive = await readDemoArchive(file);
        for (const [index, clip] of archive.header.clips.entries()) {
          expect(archive.wav(clip)).toEqual(wavOf(clips[index]!.samples, SAMPLE_RATE_HZ));
        }
      }),
      { numRuns: 40 },
    );
    await rm(folder, { recursive: true });
  });

  it('refuses samples between the steps', () => {
    const clip = { path: 'fear/f01 (1).wav', samples: Int16Array.of(8, 4) };
    expect(() => packArchive([clip], SAMPLE_RATE_HZ, SAMPLE_STEP)).toThrow(RangeError);
  });
});

describe('exact arithmetic', () => {
  it('agrees with Math', () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (x) => {
        expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(1e-12);
        expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(1e-12);
        expect(Math.abs(exp2(x / 2) / 2 ** (x / 2) - 1)).toBeLessThan(1e-13);
      }),
    );
    expect(fromDecibels(20)).toBeCloseTo(10, 12);
  });
});

it('names the letter that spells no sound', () => {
  expect(() => parseSentence(1, "sa.'xi")).toThrow('"x"');
});
