// The thread that computes tracks, one after the other; the engine ends it to cancel one.
import { parentPort } from 'node:worker_threads';
import { AudioError } from '../audio/audioError.ts';
import { computeTrack } from './compute.ts';
import type { TrackJob, TrackNews } from './protocol.ts';

const port = parentPort!;
const tell = (news: TrackNews): void => port.postMessage(news);

port.on('message', (job: TrackJob) => {
  const { id } = job;
  computeTrack(job, (meta, done) => tell({ id, type: 'progress', meta, done })).then(
    (meta) => tell({ id, type: 'done', meta }),
    (error: unknown) => {
      const known = error instanceof AudioError;
      const reason = known ? error.reason : error instanceof Error ? error.message : String(error);
      tell({ id, type: 'failed', code: known ? error.code : null, reason });
    },
  );
});
