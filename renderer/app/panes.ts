// F6: focus walks over the panes of a room.

/** Where focus goes in a pane: what was left focusable by its own rule, else its first control. */
function entryOf(pane: HTMLElement): HTMLElement | null {
  return (
    pane.querySelector<HTMLElement>('[tabindex="0"]') ??
    pane.querySelector<HTMLElement>('button:not(:disabled), input, select, a[href]')
  );
}

/** Focuses the next (1) or previous (-1) pane that has something to focus. */
export function nextPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('.rail, .bar, .pane')].filter(
    (pane) => entryOf(pane) !== null,
  );
  if (panes.length === 0) return;
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const to = at < 0 ? 0 : (at + step + panes.length) % panes.length;
  entryOf(panes[to]!)?.focus();
}
