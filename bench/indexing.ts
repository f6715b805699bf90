// The time to index a corpus (hash and header of every file) beside sha256sum over the same files, both warm.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCorpus } from '../main/corpus/open.ts';
import { openStore } from '../main/store/database.ts';
import { testCorpora } from '../scripts/golden/golden.ts';

const LIMIT = 1.5;
const TOTAL_BYTES = 2 ** 30;
/** Long recordings, beside clips as corpora have them. */
const LONG_CLIPS = 60;
const ROUNDS = 3;
/** File names that one sha256sum takes. */
const NAMES_AT_ONCE = 2000;

/**
 * Makes two corpora of 1 GB from EMO-DB's clips, one of the clips as they are and one of recordings of two minutes,
 * and times both sides on each. Every file differs.
 *
 * @throws Error where EMO-DB cannot be had
 */
export async function run(): Promise<boolean> {
  const corpora = testCorpora();
  if (!corpora) throw new Error('this benchmark needs EMO-DB: set PATHOS_TEST_CORPORA');
  const source = join(corpora, 'emodb', 'wav');
  const clips = readdirSync(source)
    .filter((name) => name.endsWith('.wav'))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(source, name)) }));
  let kept = true;
  for (const [what, clipsInOne] of [
    ['clips of 2 s', 1],
    ['recordings of 2 minutes', LONG_CLIPS],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'pathos-indexing-'));
    try {
      const files = writeCorpus(folder, clips, clipsInOne);
      kept = (await compare(what, folder, files)) && kept;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return kept;
}

interface Clip {
  name: string;
  bytes: Buffer;
}

const HEADER_BYTES = 44;

/** Returns the files written, a GB of them, in folders named for labels. */
function writeCorpus(folder: string, clips: readonly Clip[], clipsInOne: number): string[] {
  const files: string[] = [];
  for (let written = 0, count = 0; written < TOTAL_BYTES; count++) {
    const part = (i: number): Buffer => clips[(count + i) % clips.length]!.bytes.subarray(HEADER_BYTES);
    const samples = Buffer.concat(Array.from({ length: clipsInOne }, (_, i) => part(i)));
    const header = Buffer.from(clips[0]!.bytes.subarray(0, HEADER_BYTES));
    header.writeUInt32LE(samples.length + 36, 4);
    header.writeUInt32LE(samples.length, 40);
    // The first samples hold the number: no two files are alike.
    samples.writeUInt32LE(count, 0);
    const label = ['anger', 'fear', 'joy', 'sadness'][count % 4]!;
    mkdirSync(join(folder, label), { recursive: true });
    const file = join(folder, label, `${String(count).padStart(5, '0')}.wav`);
    writeFileSync(file, Buffer.concat([header, samples]));
    files.push(file);
    written += header.length + samples.length;
  }
  return files;
}

/** Both sides in turns, the best of each. */
async function compare(what: string, folder: string, files: readonly string[]): Promise<boolean> {
  sumSeconds(files);
  let [ours, theirs] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    theirs = Math.min(theirs, sumSeconds(files));
    ours = Math.min(ours, await indexSeconds(folder, files.length));
  }
  const ratio = ours / theirs;
  const verdict = ratio <= LIMIT ? 'pass' : 'short';
  console.log(
    `${files.length} ${what}, 1 GB: engine ${ours.toFixed(2)} s, sha256sum ${theirs.toFixed(2)} s, ` +
      `ratio ${ratio.toFixed(2)}, limit ${LIMIT}: ${verdict}`,
  );
  return ratio <= LIMIT;
}

async function indexSeconds(folder: string, files: number): Promise<number> {
  const workspace = mkdtempSync(join(tmpdir(), 'pathos-index-'));
  const store = openStore(join(workspace, 'workspace.sqlite'));
  try {
    const { summary, seconds } = await openCorpus(store, { folder });
    if (summary.clips !== files) throw new Error(`indexed ${summary.clips} clips of ${files}`);
    return seconds;
  } finally {
    store.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Time of sha256sum, in as few processes as the length of a command line allows. */
function sumSeconds(files: readonly string[]): number {
  const started = performance.now();
  for (let at = 0; at < files.length; at += NAMES_AT_ONCE) {
    const names = files.slice(at, at + NAMES_AT_ONCE);
    const { status, error } = spawnSync('sha256sum', names, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`sha256sum failed: ${error?.message ?? status}`);
  }
  return (performance.now() - started) / 1000;
}
