// Labels of another corpus matched to those of a run: as label sets have it unless somebody says otherwise. Pure.
import { matchedLabel, type MappingSet } from '../../../shared/labels/mapping.ts';

export interface LabelMatch {
  /** Of the other corpus. */
  readonly from: string;
  readonly clips: number;
  /** Of the run; null: its clips are left out. */
  readonly to: string | null;
}

/**
 * @param chosen what was matched by hand; a choice that the run has no label for counts as left out
 * @param own the set of the run's corpus @param other that of the corpus tested on
 */
export function labelMapOf(
  others: readonly { label: string; clips: number }[],
  labels: readonly string[],
  chosen: Readonly<Record<string, string | null>>,
  own: MappingSet,
  other: MappingSet,
): LabelMatch[] {
  return others.map(({ label, clips }) => {
    const byHand = Object.hasOwn(chosen, label) ? chosen[label]! : undefined;
    const wanted = byHand === undefined ? matchedLabel(label, labels, own, [other]) : byHand;
    return { from: label, clips, to: wanted !== null && labels.includes(wanted) ? wanted : null };
  });
}
