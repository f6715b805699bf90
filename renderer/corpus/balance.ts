// How even a corpus is: its largest and its smallest group.

export interface Group {
  readonly name: string;
  readonly clips: number;
}

export interface Balance {
  readonly most: Group;
  readonly least: Group;
  /** Clips of the largest over clips of the smallest, at least 1. */
  readonly ratio: number;
}

/** Over the groups that have a clip; null where there are fewer than two. */
export function balanceOf(groups: readonly Group[]): Balance | null {
  const filled = groups.filter(({ clips }) => clips > 0).sort((a, b) => b.clips - a.clips);
  const [most] = filled;
  const least = filled.at(-1);
  if (!most || !least || filled.length < 2) return null;
  return { most, least, ratio: most.clips / least.clips };
}
