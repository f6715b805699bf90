// Which keys a command has: its own, or those a person has given it instead; and who else has a key.
import type { RoomKey } from './roomKeys.ts';

/** Chords by command, only where they differ from the command's own; an empty list: no key. */
export type Keymap = Readonly<Record<string, readonly string[]>>;

/** A command of the table of keys, with the heading it is listed under. */
export interface ScopedKey extends RoomKey {
  scope: string;
}

/** Commands under these headings are on screen with those of any other, or with those of the room they belong to. */
const EVERYWHERE = 'Everywhere';
const WITH: ReadonlyMap<string, string> = new Map([['Segments', 'Label']]);

/** Keys that walk through controls or close what is open: never given to anything else. */
const RESERVED = new Set(['Tab', 'Shift Tab', 'Escape', 'Enter', 'Shift Enter']);

/** The chords of a command under a keymap, the one shown first. */
export function keysOf(command: Pick<RoomKey, 'id' | 'keys'>, keymap: Keymap): readonly string[] {
  return Object.hasOwn(keymap, command.id) ? keymap[command.id]! : (command.keys ?? []);
}

/** Whether commands of two headings can be on screen at once. */
export function together(a: string, b: string): boolean {
  return a === b || a === EVERYWHERE || b === EVERYWHERE || WITH.get(a) === b || WITH.get(b) === a;
}

/** Whether two commands of the table can be on screen at once. */
function meet(a: ScopedKey, b: ScopedKey): boolean {
  const visits = (one: ScopedKey, other: ScopedKey) => one.alsoIn?.includes(other.scope) ?? false;
  return together(a.scope, b.scope) || visits(a, b) || visits(b, a);
}

/** Why a chord cannot be a command's key; null where it can. */
export function refusal(chord: string): string | null {
  if (RESERVED.has(chord)) return `${chord} moves between controls and closes dialogs, and keeps doing so.`;
  return null;
}

/** The other commands that have a chord and can be on screen together with `command`. */
export function conflicts(
  chord: string,
  command: ScopedKey,
  all: readonly ScopedKey[],
  keymap: Keymap,
): ScopedKey[] {
  return all.filter(
    (other) => other.id !== command.id && meet(other, command) && keysOf(other, keymap).includes(chord),
  );
}

/** The keymap with a command's chords set; chords equal to its own are not kept. */
export function withKeys(
  keymap: Keymap,
  command: Pick<RoomKey, 'id' | 'keys'>,
  chords: readonly string[],
): Record<string, string[]> {
  const next: Record<string, string[]> = {};
  for (const [id, kept] of Object.entries(keymap)) if (id !== command.id) next[id] = [...kept];
  const own = command.keys ?? [];
  if (own.length === chords.length && own.every((chord, i) => chord === chords[i])) return next;
  return { ...next, [command.id]: [...chords] };
}

/**
 * The keymap after `chord` was given to a command, in the place of the key it had there.
 * @param place of the key that is replaced; the number of its keys adds one
 * @param takenFrom commands that lose the chord
 */
export function rebound(
  keymap: Keymap,
  command: ScopedKey,
  place: number,
  chord: string,
  takenFrom: readonly ScopedKey[],
): Record<string, string[]> {
  const chords = [...keysOf(command, keymap)];
  chords[Math.min(place, chords.length)] = chord;
  let next = withKeys(keymap, command, [...new Set(chords)]);
  for (const other of takenFrom) {
    next = withKeys(
      next,
      other,
      keysOf(other, next).filter((taken) => taken !== chord),
    );
  }
  return next;
}
