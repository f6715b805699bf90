// A thread of the feature pool that ends, hangs or fails at files whose names say so, for the pool's tests.
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Batch, WorkerSetup } from './pool.ts';

const { place } = workerData as WorkerSetup;

// Heard before the real thread's own listener.
parentPort!.on('message', ({ id, paths }: Batch) => {
  for (const [i, file] of paths.entries()) {
    const name = path.basename(file);
    if (name.startsWith('stillborn')) process.exit(1);
    if (!name.startsWith('crash') && !name.startsWith('hang')) continue;
    Atomics.store(place, 0, id);
    Atomics.store(place, 1, i);
    if (name.startsWith('hang')) for (;;);
    throw new Error('out of luck');
  }
});
await import('./worker.ts');
