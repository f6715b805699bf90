// Work that may wait until an answer is on screen, so that showing it does not wait for the work.

/** An answer that takes longer than this is not waited for. */
const PATIENCE_MS = 100;

/**
 * Runs `work` once, after the frame that shows what `answer` changed; earlier where the user does something else first,
 * so that a key always meets the state that the key before it led to, and at the latest after 100 ms.
 */
export function afterPaint(answer: Promise<unknown>, work: () => void): void {
  let isDone = false;
  const run = (): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    window.removeEventListener('keydown', run, true);
    window.removeEventListener('pointerdown', run, true);
    work();
  };
  // A hidden window has no frames.
  const timer = setTimeout(run, PATIENCE_MS);
  window.addEventListener('keydown', run, true);
  window.addEventListener('pointerdown', run, true);
  const afterFrame = (): unknown => requestAnimationFrame(() => setTimeout(run));
  void answer.then(afterFrame, afterFrame);
}
