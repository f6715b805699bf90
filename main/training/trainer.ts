// The trainer process: trains one fold for its parent, and lets what the person is doing go first.
import os from 'node:os';
import { tellParent } from '../process/parent.ts';
import { answerProbe, PROBE_ARGUMENT } from './backend.ts';
import { trainFold } from './fold-training.ts';
import { ORPHAN_GRACE_MS, type FromTrainer, type Interrupt, type ToTrainer } from './protocol.ts';

function run(): void {
  let interrupt: Interrupt | null = null;
  // Without its engine it finishes writing its checkpoint, and nobody listens.
  const send = (message: FromTrainer): void => tellParent(message);
  process.on('disconnect', () => {
    interrupt = 'pause';
    setTimeout(() => process.exit(1), ORPHAN_GRACE_MS).unref();
  });
  // Ctrl C reaches every process of a terminal: the engine says what becomes of the fold.
  process.on('SIGINT', () => undefined);
  process.on('message', (message: ToTrainer) => {
    if (message.type === 'interrupt') {
      interrupt = message.how;
      return;
    }
    void trainFold(message.job, { send, interrupted: () => interrupt })
      .catch((error: unknown): FromTrainer => ({
        type: 'failed',
        reason: error instanceof Error ? error.message : String(error),
      }))
      .then((end) => {
        if (!process.connected) process.exit(1);
        // Exits once everything sent before has left.
        process.send?.(end, () => process.exit(0));
      });
  });
}

if (process.argv.includes(PROBE_ARGUMENT)) await answerProbe();
else {
  // Before TensorFlow starts threads, for they inherit it.
  try {
    os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Started lower than that already, by one who may not raise it.
  }
  run();
}
