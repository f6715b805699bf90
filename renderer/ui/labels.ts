// One colour and one shape a label, the same everywhere: known emotions have theirs, others take the next free pair.

import { EMOTIONS, emotionOf, type Emotion } from '../../shared/labels/emotions.ts';

/** Colours there are: one a known emotion. */
export const TONES = EMOTIONS;
export type Tone = Emotion | 'unsure';
export type Shape = Tone | 'none';

export interface LabelStyle {
  /** Colour: the value of `data-e`. */
  tone: Tone;
  /** Shape of the mark, named after the emotion it belongs to. */
  shape: Shape;
  /** The label as a person reads it. */
  name: string;
}

export const UNSURE: LabelStyle = { tone: 'unsure', shape: 'unsure', name: 'Unsure' };
/** A clip that nobody has given a label: "unsure" is a decision of a rater. */
export const NO_LABEL: LabelStyle = { tone: 'unsure', shape: 'none', name: 'No label' };

/** The label with a capital first letter. */
export function labelName(label: string | null): string {
  return label === null ? UNSURE.name : label.charAt(0).toUpperCase() + label.slice(1);
}

/** A look that somebody has chosen for a label; null: the label's own. */
export interface ChosenStyle {
  label: string;
  colour: Emotion | null;
  shape: Emotion | null;
}

/**
 * Styles for a whole label set, in its order. A look that was chosen stands. Labels that are no known emotion take the tones no other label of the
 * set uses; past nine, colours come round again with another shape, so that no two labels share both.
 */
export function styleLabels(
  labels: readonly string[],
  chosen: readonly ChosenStyle[] = [],
): Map<string, LabelStyle> {
  const styles = new Map<string, LabelStyle>();
  const taken = new Set<string>();
  for (const { label, colour, shape } of chosen) {
    const own = emotionOf(label);
    const tone = colour ?? own ?? shape;
    if ((colour === null && shape === null) || !tone) continue;
    styles.set(label, { tone, shape: shape ?? own ?? tone, name: labelName(label) });
    taken.add(tone);
  }
  for (const label of labels) {
    const tone = emotionOf(label);
    if (!tone || taken.has(tone) || styles.has(label)) continue;
    taken.add(tone);
    styles.set(label, { tone, shape: tone, name: labelName(label) });
  }
  const free = TONES.filter((tone) => !taken.has(tone));
  let repeats = 0;
  for (const label of labels) {
    if (styles.has(label)) continue;
    const tone = free.shift();
    if (tone) {
      styles.set(label, { tone, shape: tone, name: labelName(label) });
    } else {
      const colour = TONES[repeats % TONES.length]!;
      const shape = TONES[(repeats + 1 + Math.floor(repeats / TONES.length)) % TONES.length]!;
      styles.set(label, { tone: colour, shape, name: labelName(label) });
      repeats += 1;
    }
  }
  return styles;
}

/** Style of a label that is in no label set on screen: its own where it is a known emotion, else the neutral outline. */
export function styleOf(label: string): LabelStyle {
  const tone = emotionOf(label) ?? 'unsure';
  return { tone, shape: tone, name: labelName(label) };
}
