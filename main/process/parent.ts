// What a process says to the one that started it.

/**
 * Sends a message to the process that started this one, which may be gone: without a callback that would be an 'error' of
 * this process, and end it in the middle of its work.
 */
export function tellParent(message: unknown): void {
  process.send?.(message, () => undefined);
}
