// Unpacking the demo corpus: whole, once, mended when damaged, and made of sound speech clips.
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import { decodeWav } from '../audio/wav.ts';
import { DEMO_ARCHIVE_PATH, DEMO_CORPUS_NAME, sha256, unpackDemoCorpus } from './demo.ts';

const RESOURCES = path.resolve(import.meta.dirname, '../../resources');
const CLIP = path.join('anger', 'a01 (1).wav');

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'pathos-demo-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
}

async function hashesOf(folder: string): Promise<Map<string, string>> {
  const files = await filesOf(folder);
  return new Map(
    await Promise.all(
      files.map(async (file) => [file, sha256(await readFile(path.join(folder, file)))] as const),
    ),
  );
}

/** A resources folder whose archive has been tampered with. */
async function resourcesWith(change: (archive: Buffer) => Uint8Array): Promise<string> {
  const resources = path.join(workspace, 'resources');
  const target = path.join(resources, DEMO_ARCHIVE_PATH);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, change(await readFile(path.join(RESOURCES, DEMO_ARCHIVE_PATH))));
  return resources;
}

it('unpacks 120 clips of 6 speakers into a folder that says it is synthetic', async () => {
  const folder = await unpackDemoCorpus(path.join(workspace, 'not', 'yet'));
  expect(folder).toBe(path.join(workspace, 'not', 'yet', DEMO_CORPUS_NAME));
  expect(DEMO_CORPUS_NAME).toContain('synthetic');
  const files = await filesOf(folder);
  expect(files).toHaveLength(120);
  expect(files).toContain(CLIP);
  expect(new Set(files.map((file) => path.dirname(file)))).toEqual(
    new Set(['anger', 'disgust', 'fear', 'happiness', 'sadness']),
  );
  expect(await readdir(path.dirname(folder))).toEqual([DEMO_CORPUS_NAME]);
});

it('unpacks clips that are clean speech: format, length, level, quiet edges', async () => {
  const folder = await unpackDemoCorpus(workspace, { resourcesDir: RESOURCES });
  for (const file of await filesOf(folder)) {
    const { sampleRateHz, channels } = decodeWav(await readFile(path.join(folder, file)), file);
    const samples = channels[0]!;
    const seconds = samples.length / sampleRateHz;
    const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    const edges = [...samples.subarray(0, 400), ...samples.subarray(-400)];
    expect([file, sampleRateHz, channels.length]).toEqual([file, 16_000, 1]);
    expect(seconds, file).toSatisfy((value: number) => value >= 1.2 && value <= 2.2);
    expect(peak, file).toSatisfy((value: number) => value > 0.1 && value < 0.85);
    expect(Math.abs(mean), file).toBeLessThan(1e-4);
    expect(Math.max(...edges.map(Math.abs)), file).toBeLessThan(0.001);
  }
});

it('has prosody that differs by emotion: anger is louder and faster than sadness', async () => {
  const folder = await unpackDemoCorpus(workspace);
  const measure = async (emotion: string) => {
    let energy = 0;
    let frames = 0;
    for (const name of await readdir(path.join(folder, emotion))) {
      const samples = decodeWav(await readFile(path.join(folder, emotion, name)), name).channels[0]!;
      energy += samples.reduce((sum, sample) => sum + sample * sample, 0);
      frames += samples.length;
    }
    return { levelDb: 10 * Math.log10(energy / frames), frames };
  };
  const anger = await measure('anger');
  const sadness = await measure('sadness');
  expect(anger.levelDb).toBeGreaterThan(sadness.levelDb + 3);
  expect(sadness.frames).toBeGreaterThan(1.15 * anger.frames);
});

it('touches nothing when all is there', async () => {
  const folder = await unpackDemoCorpus(workspace);
  const before = await stat(path.join(folder, CLIP), { bigint: true });
  expect(await unpackDemoCorpus(workspace)).toBe(folder);
  const after = await stat(path.join(folder, CLIP), { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
});

it('mends what is missing or damaged and leaves the rest alone', async () => {
  const folder = await unpackDemoCorpus(workspace);
  const whole = await hashesOf(folder);
  await truncate(path.join(folder, CLIP), 1000);
  await appendFile(path.join(folder, 'fear', 'f02 (3).wav'), 'x');
  await rm(path.join(folder, 'disgust', 'd04 (6).wav'));
  await rm(path.join(folder, 'sadness'), { recursive: true });
  await cp(path.join(folder, 'fear', 'f01 (1).wav'), path.join(folder, 'fear', 'mine.wav'));
  await unpackDemoCorpus(workspace);
  const mended = await hashesOf(folder);
  expect(mended.get(path.join('fear', 'mine.wav'))).toBe(whole.get(path.join('fear', 'f01 (1).wav')));
  mended.delete(path.join('fear', 'mine.wav'));
  expect(mended).toEqual(whole);
});

it('survives being asked twice at once', async () => {
  const [first, second] = await Promise.all([unpackDemoCorpus(workspace), unpackDemoCorpus(workspace)]);
  expect(first).toBe(second);
  expect(await filesOf(first)).toHaveLength(120);
  expect(await readdir(workspace)).toEqual([DEMO_CORPUS_NAME]);
});

it.each<[string, (archive: Buffer) => Uint8Array]>([
  ['cut short', (archive) => archive.subarray(0, 10_000)],
  ['no archive', () => Buffer.from('not brotli')],
  ['another layout', () => brotliCompressSync('{"format":"pathos-demo-corpus-99","clips":[]}\n')],
  [
    'a clip that would land outside the folder',
    () => brotliCompressSync('{"format":"pathos-demo-corpus-1","clips":[{"path":"../a01 (1).wav"}]}\n'),
  ],
  [
    'a changed sample',
    (archive) => {
      const plain = brotliDecompressSync(archive);
      plain[plain.length - 1]! ^= 1;
      return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
    },
  ],
])('refuses a damaged archive by name and leaves nothing behind: %s', async (_, change) => {
  const resourcesDir = await resourcesWith(change);
  const failure = await unpackDemoCorpus(workspace, { resourcesDir }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(failure).toMatchObject({
    code: 'UNREADABLE',
    data: { path: path.join(resourcesDir, DEMO_ARCHIVE_PATH) },
  });
  expect(await readdir(workspace)).toEqual(['resources']);
});

it('says which folder cannot be written', async () => {
  await writeFile(path.join(workspace, DEMO_CORPUS_NAME), 'a file in the way');
  await expect(unpackDemoCorpus(workspace)).rejects.toMatchObject({
    code: 'UNREADABLE',
    data: { path: path.join(workspace, DEMO_CORPUS_NAME) },
  });
});
