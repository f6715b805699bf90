// Memory given back while a stream goes on for hours.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const EVERY_MS = 5 * 60_000;
/** A larger heap takes longer to collect than an answer may wait: it is left to V8. */
const LARGEST_BYTES = 100e6;

/**
 * Collects this process's garbage now and then, until the function that it returns is called. V8 by itself waits until a
 * heap has grown by half: what a stream's small messages leave takes most of an hour for that, and is memory until then.
 * A collection of the engine at rest takes some 20 ms.
 */
export function collectNowAndThen(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const timer = setInterval(() => {
    if (getHeapStatistics().used_heap_size <= LARGEST_BYTES) collect();
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
