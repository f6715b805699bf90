// The rooms on the rail, in its order; each is loaded when it is first shown, or before, when nothing else is to be done.
import type { Component } from 'svelte';
import type { RoomName } from '../state/app.svelte.ts';
import type { IconName } from '../ui/Icon.svelte';

export interface Room {
  name: RoomName;
  title: string;
  icon: IconName;
  key: string;
  load: () => Promise<{ default: Component }>;
}

/** A room whose code is there. */
export interface LoadedRoom {
  readonly name: RoomName;
  readonly view: Component;
}

export const ROOM_LIST: readonly Room[] = [
  {
    name: 'corpus',
    title: 'Corpus',
    icon: 'corpus',
    key: 'Ctrl 1',
    load: () => import('../corpus/CorpusRoom.svelte'),
  },
  {
    name: 'label',
    title: 'Label',
    icon: 'label',
    key: 'Ctrl 2',
    load: () => import('../label/LabelRoom.svelte'),
  },
  {
    name: 'train',
    title: 'Train',
    icon: 'train',
    key: 'Ctrl 3',
    load: () => import('../train/TrainRoom.svelte'),
  },
  {
    name: 'evaluate',
    title: 'Evaluate',
    icon: 'evaluate',
    key: 'Ctrl 4',
    load: () => import('../evaluate/EvaluateRoom.svelte'),
  },
  {
    name: 'live',
    title: 'Live',
    icon: 'live',
    key: 'Ctrl 5',
    load: () => import('../live/LiveRoom.svelte'),
  },
];

let asked = false;

/** Loads every room's code once the first one has been shown and the page is idle: a first visit waits for nothing. */
export function loadRooms(): void {
  if (asked) return;
  asked = true;
  requestIdleCallback(() => {
    // One that cannot be loaded says so when it is gone to.
    for (const { load } of ROOM_LIST) load().catch(() => undefined);
  });
}
