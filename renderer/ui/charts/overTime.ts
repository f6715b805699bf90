// The arithmetic of probabilities over time: which labels are drawn, where a window stands, what it all says.

export interface TimedAnswer {
  fromSeconds: number;
  /** Null where there is no answer. */
  probabilities: readonly number[] | null;
}

/** Labels that lead in some window or reach `share`, by how long they lead; as places in the list of labels. */
export function drawnLabels(windows: readonly TimedAnswer[], labels: number, share = 0.2): number[] {
  const leads = new Array<number>(labels).fill(0);
  const peaks = new Array<number>(labels).fill(0);
  for (const { probabilities } of windows) {
    if (probabilities === null) continue;
    leads[probabilities.indexOf(Math.max(...probabilities))]! += 1;
    probabilities.forEach((value, i) => (peaks[i] = Math.max(peaks[i]!, value)));
  }
  return leads
    .map((_, i) => i)
    .filter((i) => leads[i]! > 0 || peaks[i]! >= share)
    .sort((a, b) => leads[b]! - leads[a]! || peaks[b]! - peaks[a]!);
}

/** Where a label's probabilities are drawn: unbroken stretches of [middle of the window in seconds, probability]. */
export function stretches(
  windows: readonly TimedAnswer[],
  label: number,
  windowSeconds: number,
): [number, number][][] {
  const found: [number, number][][] = [[]];
  for (const { fromSeconds, probabilities } of windows) {
    if (probabilities === null) found.push([]);
    else found.at(-1)!.push([fromSeconds + windowSeconds / 2, probabilities[label]!]);
  }
  return found.filter((points) => points.length > 0);
}

/** The window whose middle is nearest to a time; -1 where there is none. */
export function windowAt(windows: readonly TimedAnswer[], seconds: number, windowSeconds: number): number {
  let best = -1;
  let nearest = Infinity;
  windows.forEach(({ fromSeconds }, i) => {
    const away = Math.abs(fromSeconds + windowSeconds / 2 - seconds);
    if (away < nearest) [best, nearest] = [i, away];
  });
  return best;
}

/** "Fear leads 12 of 20 windows, sadness 8." */
export function overTimeInWords(windows: readonly TimedAnswer[], names: readonly string[]): string {
  const leads = new Map<number, number>();
  for (const { probabilities } of windows) {
    if (probabilities === null) continue;
    const best = probabilities.indexOf(Math.max(...probabilities));
    leads.set(best, (leads.get(best) ?? 0) + 1);
  }
  const told = [...leads]
    .sort((a, b) => b[1] - a[1])
    .map(([label, count], i) =>
      i === 0 ? `${names[label]} leads ${count} of ${windows.length} windows` : `${names[label]} ${count}`,
    );
  return told.length === 0 ? 'No window has an answer.' : `${told.join(', ')}.`;
}
