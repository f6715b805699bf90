// The side of the decoding benchmark that reads damaged files: it tells which one it begins, and how it ended.
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { AudioError } from '../main/audio/audioError.ts';
import { decodeAudioFile, loadMono, readAudioHeader } from '../main/audio/decode.ts';
import { mutate } from '../main/audio/fixtures/mutate.ts';
import { createRandom } from '../shared/metrics/random.ts';

/** What the worker is given. */
export interface Assignment {
  files: readonly string[];
  count: number;
  seed: number;
}

/** What it tells: `begun` before each file, `ended` behind it. */
export type Report =
  | { kind: 'begun'; index: number; what: string }
  | { kind: 'ended'; seconds: number; code: string | null; fault: string | null };

const { files, count, seed } = workerData as Assignment;
const { uniform } = createRandom(seed, 'damage');
const folder = mkdtempSync(join(tmpdir(), 'pathos-mutated-'));
const tell = (report: Report): void => parentPort!.postMessage(report);

/** Reads a file in every way there is; each must succeed or fail by an AudioError that names it. */
async function readAll(path: string): Promise<{ code: string | null; fault: string | null }> {
  let code: string | null = null;
  for (const read of [readAudioHeader, decodeAudioFile, (file: string) => loadMono(file, 22_050)]) {
    try {
      await read(path);
    } catch (error) {
      if (!(error instanceof AudioError)) return { code, fault: `threw ${String(error)}` };
      if (!error.message.startsWith(`${path}: `))
        return { code, fault: `does not name it: ${error.message}` };
      code = error.code;
    }
  }
  return { code, fault: null };
}

try {
  const originals = files.map((file) => readFileSync(file));
  for (let index = 0; index < count; index++) {
    const chosen = index % files.length;
    const { name, bytes } = mutate(originals[chosen]!, uniform);
    const path = join(folder, `${index}.wav`);
    writeFileSync(path, bytes);
    tell({ kind: 'begun', index, what: `${files[chosen]}, ${name}` });
    const started = performance.now();
    const { code, fault } = await readAll(path);
    tell({ kind: 'ended', seconds: (performance.now() - started) / 1000, code, fault });
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
