// Every key, by the room it belongs to, for the list under `?`.
import type { Command } from '../ui/commands.svelte.ts';
import { ROOM_KEYS, type RoomKey } from '../ui/roomKeys.ts';

export const EVERYWHERE = 'Everywhere';

/**
 * Rooms with their keys: the room on screen first, the others in the order of the rail, what holds everywhere last.
 * @param commands those of the room on screen and of everywhere; a room's own words come before the listed ones
 */
export function groupByScope(commands: readonly Command[]): [string, RoomKey[]][] {
  const groups = new Map<string, RoomKey[]>();
  for (const command of commands) {
    if (!command.keys?.length) continue;
    groups.set(command.scope, [...(groups.get(command.scope) ?? []), command]);
  }
  const everywhere = groups.get(EVERYWHERE) ?? [];
  groups.delete(EVERYWHERE);
  for (const [scope, keys] of ROOM_KEYS) {
    const live = groups.get(scope) ?? [];
    const known = new Set(live.map(({ id }) => id));
    groups.set(scope, [...live, ...keys.filter(({ id }) => !known.has(id))]);
  }
  return [...groups, [EVERYWHERE, everywhere]];
}
