// The keys that the Live room names within its sentences, as they are now.
import { commands } from '../ui/commands.svelte.ts';
import { displayChord } from '../ui/keys.ts';

/** "Space listens"; empty for a command that has no key. */
export function keyed(command: string, does: string): string {
  const key = commands.keyOf(command);
  return key === undefined ? '' : `${displayChord(key)} ${does}`;
}
