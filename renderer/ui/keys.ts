// Key chords as text ("Ctrl Shift Z", "J", "Space"): read from an event, shown on a key cap.

const IS_MAC = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform);

const NAMES: ReadonlyMap<string, string> = new Map([
  [' ', 'Space'],
  ['Esc', 'Escape'],
]);

const CAPS: ReadonlyMap<string, string> = new Map([
  ['Enter', '↵'],
  ['Escape', 'Esc'],
  ['ArrowLeft', '←'],
  ['ArrowRight', '→'],
  ['ArrowUp', '↑'],
  ['ArrowDown', '↓'],
]);

/** The chord of a key event. Command on a Mac counts as Ctrl. */
export function chordOf(event: KeyboardEvent): string {
  // By position for digits: on an AZERTY keyboard the digit row gives no digits without Shift.
  const digit = event.shiftKey ? undefined : /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const key = digit ?? NAMES.get(event.key) ?? event.key;
  const isCharacter = key.length === 1;
  const isLetter = isCharacter && key.toLowerCase() !== key.toUpperCase();
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // Shift is part of a character such as "?", but a chord of its own with letters and named keys.
  if (event.shiftKey && (!isCharacter || isLetter)) parts.push('Shift');
  parts.push(isCharacter ? key.toUpperCase() : key);
  return parts.join(' ');
}

/** A chord as it stands on a key cap. */
export function displayChord(chord: string): string {
  const parts = chord.split(' ').map((part) => (IS_MAC && part === 'Ctrl' ? '⌘' : (CAPS.get(part) ?? part)));
  return parts.join(' ');
}

/** A chord for aria-keyshortcuts. */
export function ariaChord(chord: string): string {
  return chord.replace('Ctrl', IS_MAC ? 'Meta' : 'Control').replaceAll(' ', '+');
}

/** True for a chord that types or edits in a text field; function keys do neither. */
export function isTyping(chord: string): boolean {
  // Alt and a key is a character of its own on a Mac.
  if (IS_MAC && /^Alt (Shift )?.$/.test(chord)) return true;
  return !/^(Ctrl|Alt) |(^| )F\d{1,2}$/.test(chord);
}

const EDITING = /^(Ctrl|Alt|Ctrl Alt) (Shift )?([ACVXYZ]|Arrow\w+|Home|End|Backspace|Delete)$/;

/** True for a chord that a text field takes for its own editing: undo, copy, moving by words. */
export function isEditing(chord: string): boolean {
  return EDITING.test(chord);
}

const TEXT_INPUTS = new Set(['text', 'search', 'number', 'email', 'url', 'password', 'tel']);

/** True while typing goes into the element; a select finds its options by letters. */
export function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return TEXT_INPUTS.has(target.type);
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

/** True where Space and Enter already do something of their own. */
export function takesActivation(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('button, a[href], select, summary, input, [role="menuitem"], [role="menuitemradio"]') !==
      null
  );
}
