// Counts in words, the same wherever a person reads them: interface, engine and command line.

const integer = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** 2452 -> "2,452". */
export function formatCount(count: number): string {
  return integer.format(count);
}

/** `plural(1, 'clip')` -> "1 clip"; `plural(2452, 'clip')` -> "2,452 clips". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
