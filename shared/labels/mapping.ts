// What the labels of several corpora are called together, and in one of them: from the mappings of their label sets.
import { normaliseLabel } from './emotions.ts';

/** The part of a label set that says what other sets' labels are called in it. */
export interface MappingSet {
  readonly items: readonly { readonly label: string }[];
  /** `to` null: nothing in this set is meant by it. */
  readonly mapping: readonly { readonly from: string; readonly to: string | null }[];
}

/** A word as two corpora may write it differently: "Wut", "wut" and "anger" are one. */
const wordOf = (label: string): string => normaliseLabel(label).toLowerCase();

/** What a set calls another set's label, by its very name before any other spelling; undefined where it does not say. */
function calledIn({ mapping }: MappingSet, label: string): string | null | undefined {
  const pair =
    mapping.find(({ from }) => from === label) ?? mapping.find(({ from }) => wordOf(from) === wordOf(label));
  return pair?.to;
}

/**
 * The name that labels of several corpora share: by the mappings of their sets, taken in order. What one set says
 * holds for all, further on through others too; a mapping of a set's own label, or one against what is said already,
 * counts for nothing.
 * @param sets of the corpora that are seen together
 * @param labels that they have
 */
export function agreedLabels(
  sets: readonly MappingSet[],
  labels: readonly string[],
): (label: string) => string {
  const calledAs = new Map<string, string>();
  const nameOf = (label: string): string => {
    const next = calledAs.get(label);
    return next === undefined ? label : nameOf(next);
  };
  for (const set of sets) {
    const own = new Set(set.items.map(({ label }) => label));
    for (const label of new Set(labels)) {
      const to = own.has(label) ? null : (calledIn(set, label) ?? null);
      // Names that lead to the same already are one label: a second arrow would make a ring.
      if (to !== null && nameOf(label) !== nameOf(to)) calledAs.set(nameOf(label), nameOf(to));
    }
  }
  return nameOf;
}

/**
 * What another corpus's label counts as in a run: what the run's set says of it, else the label of its name, else one
 * that the sets together take for the same; null where the run has none.
 * @param labels the run's @param own the set of the run's corpus @param others sets that say more, the other corpus's first
 */
export function matchedLabel(
  label: string,
  labels: readonly string[],
  own: MappingSet,
  others: readonly MappingSet[] = [],
): string | null {
  const said = calledIn(own, label);
  if (said !== undefined) return said !== null && labels.includes(said) ? said : null;
  if (labels.includes(label)) return label;
  const nameOf = agreedLabels([own, ...others], [label, ...labels]);
  return labels.find((candidate) => nameOf(candidate) === nameOf(label)) ?? null;
}
