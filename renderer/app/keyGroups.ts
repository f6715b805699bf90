// Commands with keys, by the scope they belong to, for the list under `?`.
import type { Command } from '../ui/commands.svelte.ts';

/** Scopes with their commands; what the room adds comes before what holds everywhere. */
export function groupByScope(all: readonly Command[]): [string, Command[]][] {
  const groups = new Map<string, Command[]>();
  for (const command of all) {
    if (!command.keys?.length) continue;
    groups.set(command.scope, [...(groups.get(command.scope) ?? []), command]);
  }
  return [...groups].sort(([a], [b]) => Number(a === 'Everywhere') - Number(b === 'Everywhere'));
}
