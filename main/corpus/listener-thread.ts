// The thread that listens to clips, one after the other, while the engine answers calls.
import { parentPort } from 'node:worker_threads';
import { listenTo } from './listen.ts';

const port = parentPort!;
port.on('message', (file: string) => {
  listenTo(file).then(
    (check) => port.postMessage(check),
    (error: unknown) => {
      // Not the file's fault: the thread ends, and its owner says so.
      throw error;
    },
  );
});
