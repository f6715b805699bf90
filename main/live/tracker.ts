// A stable answer out of window after window: smoothing, "unsure", and a hysteresis against flicker.
import type { LiveWindow } from '../../shared/contract/schemas.ts';

/** Time in which the smoothed probabilities come within 1/e of new raw ones. */
const SMOOTHING_SECONDS = 0.4;
/** Another answer must lead by this much. */
const LEAD = 0.05;
/** An answer that is given may fall this far below the threshold. */
const SLACK = 0.05;

export interface TrackerSettings {
  readonly unsureBelow: number;
  readonly holdSeconds: number;
}

export type Tracked = Pick<LiveWindow, 'smoothed' | 'state' | 'answer' | 'heldSeconds'>;

/** Index of a label, or what stands in place of one. */
type Answer = number | 'unsure' | 'silence';

/** Pure: it knows no clock but the stream's. */
export class Tracker {
  settings: TrackerSettings;
  readonly #labels: readonly string[];
  #smoothed: number[] | null = null;
  #answer: Answer = 'silence';
  #sinceSeconds = 0;
  #candidate: Answer = 'silence';
  #candidateSinceSeconds = 0;
  #lastSeconds = 0;

  constructor(labels: readonly string[], settings: TrackerSettings) {
    this.#labels = labels;
    this.settings = settings;
  }

  /**
   * @param raw probabilities in the order of the labels; null where nobody speaks
   * @param atSeconds end of the window; never goes back
   */
  update(raw: readonly number[] | null, atSeconds: number): Tracked {
    const elapsed = atSeconds - this.#lastSeconds;
    this.#lastSeconds = atSeconds;
    if (raw === null) {
      this.#smoothed = null;
      this.#give('silence', atSeconds);
      this.#candidate = 'silence';
      return this.#told(atSeconds);
    }
    const weight = 1 - Math.exp(-elapsed / SMOOTHING_SECONDS);
    const before = this.#smoothed;
    this.#smoothed = raw.map((value, i) =>
      before === null ? value : before[i]! + weight * (value - before[i]!),
    );
    // A voice after silence: what it says is not known before it has held.
    if (this.#answer === 'silence') this.#give('unsure', atSeconds);
    const candidate = this.#best(this.#smoothed);
    if (candidate !== this.#candidate) {
      this.#candidate = candidate;
      this.#candidateSinceSeconds = atSeconds;
    }
    if (atSeconds - this.#candidateSinceSeconds >= this.settings.holdSeconds)
      this.#give(candidate, atSeconds);
    return this.#told(atSeconds);
  }

  #best(smoothed: readonly number[]): Answer {
    const best = smoothed.indexOf(Math.max(...smoothed));
    const { unsureBelow } = this.settings;
    const given = this.#answer;
    if (typeof given === 'number') {
      const current = smoothed[given]!;
      if (current >= unsureBelow - SLACK && smoothed[best]! < current + LEAD) return given;
    }
    return smoothed[best]! >= unsureBelow ? best : 'unsure';
  }

  #give(answer: Answer, atSeconds: number): void {
    if (answer === this.#answer) return;
    this.#answer = answer;
    this.#sinceSeconds = atSeconds;
  }

  #told(atSeconds: number): Tracked {
    const answer = this.#answer;
    return {
      smoothed: this.#smoothed,
      state: typeof answer === 'number' ? 'answer' : answer,
      answer: typeof answer === 'number' ? this.#labels[answer]! : null,
      heldSeconds: atSeconds - this.#sinceSeconds,
    };
  }
}
