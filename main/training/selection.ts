// Which epoch a fold keeps and when it stops: told by its validation clips alone, never by test clips.
import type { Epoch } from '../../shared/contract/schemas.ts';
import type { TrainingSpec } from '../../shared/recipe/recipe.ts';

/** Follows the epochs of one fold. */
export class EpochSelection {
  readonly #spec: TrainingSpec;
  #best: number | null;
  #epochsSinceBest: number;

  /** @param from where a fold goes on */
  constructor(spec: TrainingSpec, from: { best: number | null; epochsSinceBest: number }) {
    this.#spec = spec;
    this.#best = from.best;
    this.#epochsSinceBest = from.epochsSinceBest;
  }

  get state(): { best: number | null; epochsSinceBest: number } {
    return { best: this.#best, epochsSinceBest: this.#epochsSinceBest };
  }

  /**
   * Takes an epoch whose held-out figures are of validation clips, where the recipe has any.
   * @returns whether the fold keeps it in the place of the one before
   */
  take({ heldOutLoss, heldOutAccuracy }: Epoch): boolean {
    const { validation, monitor, keep, earlyStopping } = this.#spec;
    if (validation === null) return true;
    // As a value that is to fall.
    const value = monitor === 'loss' ? heldOutLoss : -heldOutAccuracy;
    const better = this.#best === null || value < this.#best - (earlyStopping?.minDelta ?? 0);
    if (better) this.#best = value;
    this.#epochsSinceBest = better ? 0 : this.#epochsSinceBest + 1;
    return better || keep === 'last';
  }

  /** Whether more epochs are a waste. */
  get exhausted(): boolean {
    const { earlyStopping } = this.#spec;
    return earlyStopping !== null && this.#epochsSinceBest >= earlyStopping.patience;
  }
}
