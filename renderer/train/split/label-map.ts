// Labels of another corpus matched to those of a run: by the same name unless somebody says otherwise. Pure.

export interface LabelMatch {
  /** Of the other corpus. */
  readonly from: string;
  readonly clips: number;
  /** Of the run; null: its clips are left out. */
  readonly to: string | null;
}

/** @param chosen what was matched by hand; a choice that the run has no label for counts as left out */
export function labelMapOf(
  others: readonly { label: string; clips: number }[],
  labels: readonly string[],
  chosen: Readonly<Record<string, string | null>>,
): LabelMatch[] {
  return others.map(({ label, clips }) => {
    const wanted = Object.hasOwn(chosen, label) ? chosen[label]! : label;
    return { from: label, clips, to: labels.includes(wanted) ? wanted : null };
  });
}
