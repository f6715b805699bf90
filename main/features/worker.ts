// A thread of the feature pool: computes batches of files, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { createClipExtractor, resultOf, type ClipExtractor } from './extract.ts';
import type { Batch, BatchAnswer, ClipResult, WorkerSetup } from './pool.ts';

const port = parentPort!;
const { place } = workerData as WorkerSetup;
/** The last specification's tables are kept: batches nearly always ask for the same one again. */
let latest: { featureHash: string; extractor: ClipExtractor } | undefined;

function extractorFor({ featureHash, spec }: Batch): ClipExtractor {
  if (latest?.featureHash !== featureHash) {
    latest = { featureHash, extractor: createClipExtractor(spec) };
  }
  return latest.extractor;
}

async function compute(batch: Batch): Promise<BatchAnswer> {
  try {
    const extractor = extractorFor(batch);
    const results: ClipResult[] = [];
    for (const [i, path] of batch.paths.entries()) {
      // Shared with the pool, which reads it after a crash: then no message leaves this thread any more.
      Atomics.store(place, 0, batch.id);
      Atomics.store(place, 1, i);
      results.push(await resultOf(path, extractor));
    }
    return { id: batch.id, results };
  } catch (error) {
    return { id: batch.id, error: error instanceof Error ? error.message : String(error) };
  } finally {
    Atomics.store(place, 0, 0);
  }
}

/** The matrices' memory, handed over instead of copied. */
function memoryOf(answer: BatchAnswer): ArrayBuffer[] {
  if (!('results' in answer)) return [];
  return answer.results.flatMap((result) =>
    'matrix' in result ? [result.matrix.values.buffer as ArrayBuffer] : [],
  );
}

// One after the other: the extractor's work space is shared between batches.
let last: Promise<void> = Promise.resolve();
port.on('message', (batch: Batch) => {
  last = last.then(async () => {
    const answer = await compute(batch);
    port.postMessage(answer, memoryOf(answer));
  });
});
