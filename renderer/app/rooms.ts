// The rooms on the rail, in its order; a room that is not built is not on it.
import type { Component } from 'svelte';
import { ROOMS, type RoomName } from '../state/app.svelte.ts';
import type { IconName } from '../ui/Icon.svelte';

export interface Room {
  name: RoomName;
  title: string;
  icon: IconName;
  key: string;
  load: () => Promise<{ default: Component }>;
}

const MODULES = import.meta.glob<{ default: Component }>('../*/*Room.svelte');

/** CorpusRoom.svelte in corpus/, and so on. */
function moduleOf(name: RoomName): Room['load'] | undefined {
  return MODULES[`../${name}/${titleOf(name)}Room.svelte`];
}

function titleOf(name: RoomName): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export const ROOM_LIST: readonly Room[] = ROOMS.flatMap((name) => {
  const load = moduleOf(name);
  return load ? [{ name, title: titleOf(name), icon: name, key: '', load }] : [];
}).map((room, i) => ({ ...room, key: `Ctrl ${i + 1}` }));
