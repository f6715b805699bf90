// When an engine that ended is started again, and when its host gives up.

/** Crashes in a row, without a minute of health between them, after which the host gives up. */
const MAX_CRASHES = 5;
const HEALTHY_AFTER_MS = 60_000;
const DELAY_MS = 250;

export class RestartPolicy {
  #crashes = 0;

  /**
   * Counts an end.
   * @param livedMs how long the engine had run
   * @returns milliseconds to wait before the next start; null: give up
   */
  ended(livedMs: number): number | null {
    this.#crashes = livedMs > HEALTHY_AFTER_MS ? 1 : this.#crashes + 1;
    return this.#crashes > MAX_CRASHES ? null : DELAY_MS * this.#crashes;
  }

  /** What to tell the person after giving up. */
  get givingUp(): string {
    return (
      `The engine ended ${this.#crashes} times in a row. What was saved is kept. Start it again; if it goes on ` +
      'ending, start the studio with PATHOS_LOG=debug to see why.'
    );
  }
}
