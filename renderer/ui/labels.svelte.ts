// The styles of the labels on screen: one colour and one shape a label, the same everywhere.
import {
  NO_LABEL,
  styleLabels,
  styleOf,
  TONES,
  UNSURE,
  type ChosenStyle,
  type LabelStyle,
} from './labels.ts';

/** Styles of the labels on screen. */
class LabelStyles {
  #styles = $state.raw(styleLabels(TONES));

  /** Takes over a corpus's label set, with the colours and shapes chosen for it. */
  use(labels: readonly string[], chosen: readonly ChosenStyle[] = []): void {
    this.#styles = styleLabels(labels, chosen);
  }

  /** Style of a label; of "unsure" where a rater set none, of "no label" where none was ever set. */
  of(label: string | null, decided = true): LabelStyle {
    if (label === null) return decided ? UNSURE : NO_LABEL;
    return this.#styles.get(label) ?? styleOf(label);
  }
}

export const labelStyles = new LabelStyles();
