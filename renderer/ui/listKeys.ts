// Keys that move in a list of rows.

/**
 * Where a key moves to from row `at` of `count`; undefined where it moves nothing.
 * @param page rows of Page Up and Page Down
 */
export function listMove(key: string, at: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined;
  const to = new Map([
    ['ArrowDown', at + 1],
    ['ArrowUp', at - 1],
    ['PageDown', at + page],
    ['PageUp', at - page],
    ['Home', 0],
    ['End', count - 1],
  ]).get(key);
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}
