// Every key, by the room it belongs to, for the list under `?`.
import type { KeyedCommand } from '../ui/command.ts';
import type { ScopedKey } from '../ui/keymap.ts';
import { ROOM_KEYS } from '../ui/roomKeys.ts';

export const EVERYWHERE = 'Everywhere';

/**
 * Rooms with their keys: the room on screen first, the others in the order of the rail, what holds everywhere last.
 * Commands of the table are listed with or without a key, others where they have one.
 * @param commands those of the room on screen and of everywhere; their own words and keys stand in place of the table's
 */
export function groupByScope(commands: readonly KeyedCommand[]): [string, ScopedKey[]][] {
  const live = new Map(commands.map((command) => [command.id, command]));
  const groups = new Map<string, ScopedKey[]>();
  const onScreen = new Set(commands.map(({ scope }) => scope));
  for (const [scope, keys] of ROOM_KEYS) {
    const known = new Set(keys.map(({ id }) => id));
    const others = commands.filter((command) => command.scope === scope && !known.has(command.id));
    const keyed = others.filter((command) => (command.keys?.length ?? 0) > 0);
    groups.set(scope, [
      ...keys.map((key) => {
        const own = live.get(key.id);
        return { ...key, scope, label: own?.label ?? key.label, keys: own?.ownKeys ?? key.keys };
      }),
      ...keyed.map(({ id, label, scope: heading, ownKeys }) => ({
        id,
        label,
        scope: heading,
        keys: ownKeys,
      })),
    ]);
  }
  const rank = ([scope]: [string, unknown]) => (scope === EVERYWHERE ? 2 : onScreen.has(scope) ? 0 : 1);
  return [...groups].sort((a, b) => rank(a) - rank(b));
}
