// The words of a chart of figures with their intervals. Pure, so that it can be tested.

export interface IntervalRow {
  name: string;
  /** A second line under the name. */
  detail?: string;
  value: number | null;
  interval: readonly [number, number] | null;
  /** The one that is looked at stands in the accent. */
  strong?: boolean;
}

/** "0.612, 0.571 to 0.651"; says where there is no figure or no interval. */
export function intervalInWords({ value, interval }: Pick<IntervalRow, 'value' | 'interval'>): string {
  if (value === null) return 'not known';
  const figure = value.toFixed(3);
  return interval === null
    ? `${figure}, interval not estimable`
    : `${figure}, ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;
}

/** With its sign: "+0.129", "−0.020". */
export function signed(value: number | null, decimals = 3): string {
  if (value === null) return '–';
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(decimals)}`;
}

/** Of a difference: "−0.021 to +0.111". */
export function signedInterval(interval: readonly [number, number] | null): string {
  return interval === null ? 'not estimable' : `${signed(interval[0])} to ${signed(interval[1])}`;
}
