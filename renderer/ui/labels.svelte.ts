// The styles of the labels on screen: one colour and one shape a label, the same everywhere.
import { styleLabels, styleOf, TONES, UNSURE, type LabelStyle } from './labels.ts';

/** Styles of the labels on screen. */
class LabelStyles {
  #styles = $state.raw(styleLabels(TONES));

  /** Takes over a corpus's label set. */
  use(labels: readonly string[]): void {
    this.#styles = styleLabels(labels);
  }

  /** Style of a label, or of "unsure" for none. */
  of(label: string | null): LabelStyle {
    if (label === null) return UNSURE;
    return this.#styles.get(label) ?? styleOf(label);
  }
}

export const labelStyles = new LabelStyles();
