// The thread that computes tracks: those it is given at once, in turns; the engine tells it which to drop, or ends it.
import { parentPort } from 'node:worker_threads';
import { AudioError } from '../audio/audioError.ts';
import { computeTrack } from './compute.ts';
import type { TrackJob, TrackNews, TrackOrder } from './protocol.ts';

const port = parentPort!;
const tell = (news: TrackNews): void => port.postMessage(news);

interface Running {
  readonly pyramid: string;
  readonly drop: AbortController;
  /** Resolves once it has let go of its files, whatever came of it. */
  readonly ended: Promise<void>;
}
const running = new Map<number, Running>();

port.on('message', (order: TrackOrder) => {
  if (order.type === 'drop') {
    running.get(order.id)?.drop.abort();
    return;
  }
  const { job } = order;
  const drop = new AbortController();
  // One that was dropped removes its files before the same is computed anew.
  const before = [...running.values()].filter(({ pyramid }) => pyramid === job.files.pyramid);
  const ended = Promise.all(before.map((one) => one.ended)).then(() => compute(job, drop.signal));
  running.set(job.id, { pyramid: job.files.pyramid, drop, ended });
  void ended.then(() => running.delete(job.id));
});

async function compute(job: TrackJob, signal: AbortSignal): Promise<void> {
  const { id } = job;
  try {
    const meta = await computeTrack(
      job,
      (known, done) => tell({ id, type: 'progress', meta: known, done }),
      signal,
    );
    tell({ id, type: 'done', meta });
  } catch (error) {
    if (signal.aborted) return;
    const known = error instanceof AudioError;
    const reason = known ? error.reason : error instanceof Error ? error.message : String(error);
    tell({ id, type: 'failed', code: known ? error.code : null, reason });
  }
}
