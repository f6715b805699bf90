// What tests of several parts do to a process.

/** Holds this thread up: what ends, or comes due, meanwhile is learnt of afterwards. */
export function blockFor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
