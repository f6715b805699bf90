// Work that many events ask for and that is done once in the next frame.

/** No frame comes while the window is hidden: the work is then done after so long. */
const HIDDEN_MS = 500;

export class NextFrame {
  readonly #work: () => void;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** However often it is asked for before the frame comes, the work is done once. */
  ask(): void {
    if (this.#timer !== undefined) return;
    const run = (): void => {
      this.cancel();
      this.#work();
    };
    this.#frame = requestAnimationFrame(run);
    this.#timer = setTimeout(run, HIDDEN_MS);
  }

  /** Forgets what was asked for. */
  cancel(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
