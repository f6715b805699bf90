// The order in which a listening test is gone through.

/**
 * The place after an answer: the next open clip, else one before it that is open; where all are answered, as when they
 * are gone through again, the next one.
 * @returns null at the end
 */
export function nextPlace(items: readonly { answered: boolean }[], at: number): number | null {
  const open = items.findIndex(({ answered }, i) => !answered && i > at);
  const next = open >= 0 ? open : items.findIndex(({ answered }) => !answered);
  if (next >= 0) return next;
  return at + 1 < items.length ? at + 1 : null;
}
