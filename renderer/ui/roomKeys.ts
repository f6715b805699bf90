// The keys of every room, on screen or not: what `?` lists, and what the rooms give their actions to.
import type { Command } from './commands.svelte.ts';

/** A command without what it does. */
export type RoomKey = Pick<Command, 'id' | 'label' | 'keys' | 'repeats' | 'keysOnly'>;
type Action = Pick<Command, 'run' | 'enabled'>;

export const CORPUS_KEYS = [
  { id: 'corpus.play', label: 'Play or pause the selected clip', keys: ['Space'] },
  { id: 'corpus.open', label: 'Open the selected clip in Label', keys: ['Enter'] },
  { id: 'corpus.search', label: 'Search clips', keys: ['/'] },
  { id: 'corpus.clear', label: 'Clear every filter', keys: ['Escape'] },
] as const satisfies readonly RoomKey[];

export const LABEL_KEYS = [
  { id: 'label.0', label: 'Label Unsure', keys: ['0'] },
  { id: 'label.play', label: 'Play once or pause', keys: ['Space'] },
  { id: 'label.next', label: 'Next clip', keys: ['J', 'ArrowDown'], repeats: true },
  { id: 'label.previous', label: 'Previous clip', keys: ['K', 'ArrowUp'], repeats: true },
  { id: 'label.back', label: 'Seek back 0.1 s', keys: ['ArrowLeft'], repeats: true, keysOnly: true },
  { id: 'label.forward', label: 'Seek forward 0.1 s', keys: ['ArrowRight'], repeats: true, keysOnly: true },
  { id: 'label.back.far', label: 'Seek back 1 s', keys: ['Shift ArrowLeft'], repeats: true, keysOnly: true },
  {
    id: 'label.forward.far',
    label: 'Seek forward 1 s',
    keys: ['Shift ArrowRight'],
    repeats: true,
    keysOnly: true,
  },
  { id: 'label.undo', label: 'Undo the last label', keys: ['Ctrl Z'] },
  { id: 'label.redo', label: 'Redo the label', keys: ['Ctrl Shift Z', 'Ctrl Y'] },
  { id: 'label.reason', label: 'Give a reason for the next label', keys: ['R'] },
] as const satisfies readonly RoomKey[];

/** Stands for the number keys while the Label room, which knows the labels, is not on screen. */
export const NUMBER_KEYS: RoomKey = { id: 'label.1', label: 'Label with that number', keys: ['1 … 9'] };

const TRAIN_KEYS: readonly RoomKey[] = [
  { id: 'train.start', label: 'Start the run', keys: ['Ctrl Enter'] },
  { id: 'train.evaluate', label: 'Evaluate the selected run', keys: ['E'] },
  { id: 'train.cancel', label: 'Cancel the selected run', keys: ['Ctrl .'] },
];

const EVALUATE_KEYS: readonly RoomKey[] = [
  { id: 'cell.next', label: 'Next clip of the cell', keys: ['J'] },
  { id: 'cell.previous', label: 'Clip of the cell before', keys: ['K'] },
  { id: 'cell.play', label: 'Play the clip', keys: ['Space'] },
  { id: 'cell.close', label: 'Close the cell', keys: ['Escape'] },
  { id: 'duel.a', label: 'Play A, from where B is', keys: ['A'] },
  { id: 'duel.b', label: 'Play B, from where A is', keys: ['B'] },
  { id: 'duel.against', label: 'Compare with the other label', keys: ['X'] },
  { id: 'duel.label.1', label: 'Relabel A with that number', keys: ['1 … 9'] },
  { id: 'duel.label.0', label: 'Relabel A Unsure', keys: ['0'] },
  { id: 'duel.undo', label: 'Undo the last label', keys: ['Ctrl Z'] },
  { id: 'duel.redo', label: 'Redo the label', keys: ['Ctrl Shift Z', 'Ctrl Y'] },
  { id: 'honesty.start', label: 'Score the recipe under the other split too', keys: ['H'] },
  { id: 'predict.search', label: 'Find a clip to predict', keys: ['/'] },
  { id: 'predict.selected', label: 'Predict the clip selected in the corpus', keys: ['P'] },
  { id: 'predict.file', label: 'Predict an audio file', keys: ['O'] },
];

/** In the order of the rail. */
export const ROOM_KEYS: ReadonlyMap<string, readonly RoomKey[]> = new Map<string, readonly RoomKey[]>([
  ['Corpus', CORPUS_KEYS],
  ['Label', [NUMBER_KEYS, ...LABEL_KEYS]],
  ['Train', TRAIN_KEYS],
  ['Evaluate', EVALUATE_KEYS],
]);

/** The commands of a room: its keys, each with what it does. */
export function withActions<const Keys extends readonly RoomKey[]>(
  scope: string,
  keys: Keys,
  actions: Record<Keys[number]['id'], Action>,
): Command[] {
  const actionOf = new Map<string, Action>(Object.entries<Action>(actions));
  return keys.map((key) => ({ ...key, scope, ...actionOf.get(key.id)! }));
}
