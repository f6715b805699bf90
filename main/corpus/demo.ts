// The demo corpus: unpacks the synthetic clips that come with the studio into a workspace, and mends them there.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { UserError } from '../../shared/contract/errors.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';

/** The folder in the workspace; it says what the corpus is wherever it shows. */
export const DEMO_CORPUS_NAME = 'Demo corpus (synthetic)';
/** The archive, below the resources folder. */
export const DEMO_ARCHIVE_PATH = 'demo/demo-corpus.bin.br';
/** Names the layout of the archive; another layout is refused. */
export const DEMO_ARCHIVE_FORMAT = 'pathos-demo-corpus-1';
/** A residual byte of this value says that the residual follows in two bytes, little-endian. */
export const RESIDUAL_ESCAPE = 255;

/** Far more than it takes unpacked: a damaged archive must not fill the memory. */
const MAX_ARCHIVE_BYTES = 32 * 2 ** 20;

/** AESDD's names: a folder an emotion, its initial, the utterance, the speaker in parentheses. */
const CLIP_PATH = /^(anger|disgust|fear|happiness|sadness)\/[adfhs]\d\d \([1-6]\)\.wav$/;

/** One clip as the archive's header lists it. */
export interface DemoClip {
  /** Path in the corpus, with forward slashes: `anger/a01 (1).wav`. */
  path: string;
  /** Number of samples. */
  samples: number;
  /** Number of bytes of its coded residual, which stand in the order of the list. */
  bytes: number;
  /** SHA-256 of the WAV file, hexadecimal. */
  sha256: string;
}

/** What the archive says of itself. */
export interface DemoHeader {
  format: string;
  sampleRateHz: number;
  /** Every sample is a multiple of this. */
  sampleStep: number;
  clips: readonly DemoClip[];
}

/** The archive in memory. */
export interface DemoArchive {
  header: DemoHeader;
  /** The WAV file of a clip of the header. @throws UserError when it does not have the hash that the header promises */
  wav(clip: DemoClip): Uint8Array;
}

/**
 * Reads an archive: brotli around one line of JSON (the header) and the coded residuals of all clips.
 *
 * @throws UserError UNREADABLE, naming the file, when it is missing, damaged or of another layout.
 */
export async function readDemoArchive(archivePath: string): Promise<DemoArchive> {
  const unreadable = (reason: string): UserError =>
    new UserError('UNREADABLE', `The demo corpus that comes with the studio ${reason}: ${archivePath}`, {
      path: archivePath,
      next: 'Install the studio again, or open a folder of your own.',
    });
  const packed = await readFile(archivePath).catch(() => {
    throw unreadable('cannot be read');
  });
  const bytes = await promisify(brotliDecompress)(packed, { maxOutputLength: MAX_ARCHIVE_BYTES }).catch(
    () => {
      throw unreadable('is damaged');
    },
  );
  const header = parseHeader(bytes);
  if (!header) throw unreadable('is damaged or of another version');
  let offset = bytes.indexOf('\n') + 1;
  const residuals = new Map(
    header.clips.map((clip) => [clip.path, bytes.subarray(offset, (offset += clip.bytes))] as const),
  );
  return {
    header,
    wav(clip) {
      const samples = decodeResidual(residuals.get(clip.path) ?? new Uint8Array(), clip.samples);
      const signal = Float32Array.from(samples, (sample) => (sample * header.sampleStep) / 32_768);
      const wav = encodeWavPcm16([signal], header.sampleRateHz);
      if (sha256(wav) !== clip.sha256) throw unreadable(`is damaged at ${clip.path}`);
      return wav;
    },
  };
}

function parseHeader(bytes: Buffer): DemoHeader | undefined {
  try {
    const header = JSON.parse(bytes.toString('utf8', 0, bytes.indexOf('\n'))) as DemoHeader;
    const isSound =
      header.format === DEMO_ARCHIVE_FORMAT && header.clips.every((clip) => CLIP_PATH.test(clip.path));
    return isSound ? header : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Samples from the second-order residual, in which each sample is foretold by the line through the two before it.
 * Residuals are folded to 0, -1, 1, -2, 2 ... and stored in one byte, or behind RESIDUAL_ESCAPE in two.
 */
function decodeResidual(bytes: Uint8Array, count: number): Int32Array {
  const samples = new Int32Array(count);
  let at = 0;
  let last = 0;
  let beforeLast = 0;
  for (let n = 0; n < count; n++) {
    let folded = bytes[at++] ?? 0;
    if (folded === RESIDUAL_ESCAPE) {
      folded = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
      at += 2;
    }
    const residual = folded & 1 ? -(folded + 1) / 2 : folded / 2;
    const sample = 2 * last - beforeLast + residual;
    samples[n] = sample;
    beforeLast = last;
    last = sample;
  }
  return samples;
}

/** SHA-256 of bytes, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Makes sure that the workspace holds the whole demo corpus: unpacks it where it is not there, replaces clips that are
 * missing or changed, leaves everything else in the folder alone. Nobody ever sees a half-written folder or clip.
 *
 * @param workspaceDir made when absent
 * @param options.resourcesDir the app's resources; by default the nearest above this module that holds the archive
 * @returns the absolute path of the corpus folder
 * @throws UserError UNREADABLE when the archive cannot be read or the folder cannot be written
 */
export async function unpackDemoCorpus(
  workspaceDir: string,
  options: { resourcesDir?: string } = {},
): Promise<string> {
  const archive = await readDemoArchive(
    path.join(options.resourcesDir ?? findResourcesDir(), DEMO_ARCHIVE_PATH),
  );
  const folder = path.resolve(workspaceDir, DEMO_CORPUS_NAME);
  try {
    await mkdir(workspaceDir, { recursive: true });
    if (!existsSync(folder)) await unpackAll(archive, folder);
    await mend(archive, folder);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('UNREADABLE', `The demo corpus could not be written to ${folder}: ${reason}`, {
      path: folder,
      next: 'Check that the disk has room and that the folder may be written.',
    });
  }
  return folder;
}

/** Writes all clips beside the target and moves the finished folder there. */
async function unpackAll(archive: DemoArchive, folder: string): Promise<void> {
  const scratch = await mkdtemp(path.join(path.dirname(folder), '.demo-corpus-'));
  try {
    for (const clip of archive.header.clips) await writeClip(scratch, clip, archive);
    await rename(scratch, folder);
  } catch (error) {
    // Someone else may have moved the same folder there in the meantime; what is there is checked next.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Replaces every clip whose file is not what the header promises. */
async function mend(archive: DemoArchive, folder: string): Promise<void> {
  for (const clip of archive.header.clips) {
    if (!(await isIntact(path.join(folder, clip.path), clip))) await writeClip(folder, clip, archive);
  }
}

async function isIntact(file: string, clip: DemoClip): Promise<boolean> {
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile && sha256(await readFile(file).catch(() => new Uint8Array())) === clip.sha256;
}

async function writeClip(folder: string, clip: DemoClip, archive: DemoArchive): Promise<void> {
  const target = path.join(folder, clip.path);
  const part = `${target}.${randomUUID()}.part`;
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await writeFile(part, archive.wav(clip), { flag: 'wx' });
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

function findResourcesDir(): string {
  const start = path.dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = path.dirname(folder)) {
    const resources = path.join(folder, 'resources');
    if (existsSync(path.join(resources, DEMO_ARCHIVE_PATH))) return resources;
    if (folder === path.dirname(folder)) {
      throw new UserError('UNREADABLE', `The studio's resources are missing: none above ${start}`, {
        path: start,
      });
    }
  }
}
