// Where focus goes: F6 walks over the panes of a room, and a room that opens has it on its main list.

/** Where focus goes in a pane: what was left focusable by its own rule, else its first control. */
function entryOf(pane: HTMLElement): HTMLElement | null {
  return (
    pane.querySelector<HTMLElement>('[tabindex="0"]') ??
    pane.querySelector<HTMLElement>('button:not(:disabled), input, select, a[href]')
  );
}

/** Panes in the order of the page; a pane made of others, each a `data-pane`, counts as these. */
function panes(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.rail, .bar, .pane, [data-pane]')].filter(
    (pane) => pane.querySelector('[data-pane]') === null && entryOf(pane) !== null,
  );
}

/** Focuses the next (1) or previous (-1) pane that has something to focus; from nowhere, the room's main list. */
export function nextPane(step: 1 | -1): void {
  const all = panes();
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  if (at >= 0) entryOf(all[(at + step + all.length) % all.length]!)?.focus();
  else if (document.activeElement?.matches('main')) {
    const inRoom = all.filter((pane) => pane.closest('main') !== null);
    entryOf((step === 1 ? inRoom[0] : inRoom.at(-1)) ?? document.body)?.focus();
  } else focusRoom();
}

/**
 * Focuses the room's main list: what it marks with `data-main`, else its first list or table with a row to stand on,
 * else the room itself, so that the next F6 or Tab starts there.
 */
export function focusRoom(): void {
  const room = document.querySelector<HTMLElement>('main');
  const list =
    room?.querySelector<HTMLElement>('[data-main]') ??
    room?.querySelector<HTMLElement>(':is([role="listbox"], [role="grid"]) [tabindex="0"]');
  (list ?? room)?.focus();
}

/** True where focus is on nothing: what had it was closed or disabled. */
export function isFocusLost(): boolean {
  const at = document.activeElement;
  return at === null || at === document.body;
}
