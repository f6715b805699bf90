// The keys of every room, on screen or not: what `?` lists, and what the rooms give their actions to.
import type { Command } from './command.ts';

/** A command without what it does. */
export type RoomKey = Pick<Command, 'id' | 'label' | 'keys' | 'repeats' | 'keysOnly'>;
type Action = Pick<Command, 'run' | 'enabled'>;

export const CORPUS_KEYS = [
  { id: 'corpus.play', label: 'Play or pause the selected clip', keys: ['Space'] },
  { id: 'corpus.open', label: 'Open the selected clip in Label', keys: ['Enter'] },
  { id: 'corpus.search', label: 'Search clips', keys: ['/'] },
  { id: 'corpus.clear', label: 'Clear every filter', keys: ['Escape'] },
  { id: 'corpus.undo', label: 'Undo the last decision', keys: ['Ctrl Z'] },
  { id: 'corpus.redo', label: 'Redo the decision', keys: ['Ctrl Shift Z', 'Ctrl Y'] },
] as const satisfies readonly RoomKey[];

/** The number keys: what they set is the label set's to say. */
const NUMBER_KEYS = Array.from({ length: 9 }, (_, i) => ({
  id: `label.${i + 1}`,
  label: `Label with key ${i + 1}`,
  keys: [String(i + 1)],
}));

/** How sure the next label is. */
export const CONFIDENCE_KEYS = Array.from({ length: 5 }, (_, i) => ({
  id: `label.confidence.${i + 1}`,
  label: `Confidence ${i + 1} of 5 for the next label`,
  keys: [`Alt ${i + 1}`],
}));

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
  { id: 'label.undo', label: 'Undo the last decision', keys: ['Ctrl Z'] },
  { id: 'label.redo', label: 'Redo the decision', keys: ['Ctrl Shift Z', 'Ctrl Y'] },
  { id: 'label.blind', label: 'Blind mode on or off', keys: ['B'] },
  { id: 'label.search', label: 'Search the queue', keys: ['/'] },
  { id: 'label.reason', label: 'Give a reason for the next label', keys: ['R'] },
  { id: 'label.note', label: 'Write a note with the next label', keys: ['N'] },
  { id: 'label.flag', label: 'Flag as a bad recording, or not', keys: ['X'] },
  { id: 'label.secondary', label: 'The next number key sets the secondary label', keys: ['S'] },
  { id: 'label.select', label: 'Select the clip, or not', keys: ['V'] },
  {
    id: 'label.select.next',
    label: 'Select down to the next clip',
    keys: ['Shift J', 'Shift ArrowDown'],
    repeats: true,
  },
  {
    id: 'label.select.previous',
    label: 'Select up to the previous clip',
    keys: ['Shift K', 'Shift ArrowUp'],
    repeats: true,
  },
  { id: 'label.select.all', label: 'Select every clip of the queue', keys: ['Ctrl A'] },
  { id: 'label.select.none', label: 'Unselect', keys: ['Escape'] },
  { id: 'label.history', label: 'Go to the history of the clip', keys: ['H'] },
] as const satisfies readonly RoomKey[];

/** Of the waveform and the tracks under it. */
export const VIEWER_KEYS = [
  { id: 'viewer.in', label: 'Zoom in', keys: ['+', '='], repeats: true },
  { id: 'viewer.out', label: 'Zoom out', keys: ['-'], repeats: true },
  { id: 'viewer.fit', label: 'Show the whole clip', keys: ['W'] },
  { id: 'viewer.left', label: 'Scroll back', keys: ['PageUp'], repeats: true, keysOnly: true },
  { id: 'viewer.right', label: 'Scroll on', keys: ['PageDown'], repeats: true, keysOnly: true },
  { id: 'viewer.frame.back', label: 'Cursor one frame back', keys: ['<'], repeats: true, keysOnly: true },
  { id: 'viewer.frame.forward', label: 'Cursor one frame on', keys: ['>'], repeats: true, keysOnly: true },
  { id: 'viewer.spectrogram', label: 'Spectrogram on or off', keys: ['Shift S'] },
  { id: 'viewer.log-mel', label: 'Log-mel on or off', keys: ['Shift G'] },
  { id: 'viewer.mfcc', label: 'MFCC on or off', keys: ['Shift M'] },
  { id: 'viewer.f0', label: 'F0 on or off', keys: ['Shift F'] },
  { id: 'viewer.rms', label: 'RMS on or off', keys: ['Shift R'] },
  { id: 'viewer.png', label: 'Save the picture as PNG', keys: ['Ctrl Shift P'] },
  { id: 'viewer.csv', label: 'Save the tracks as CSV', keys: ['Ctrl Shift E'] },
] as const satisfies readonly RoomKey[];

/** From one view of the Label room to another. */
export const LABEL_VIEW_KEYS = [
  { id: 'label.view.review', label: 'Label clips', keys: ['Alt L'] },
  { id: 'label.view.parallel', label: 'Compare parallel utterances', keys: ['P'] },
  { id: 'label.view.raters', label: 'Compare raters', keys: ['D'] },
  { id: 'label.view.test', label: 'Listening tests', keys: ['T'] },
  { id: 'label.sets', label: 'Edit the label set', keys: ['E'] },
] as const satisfies readonly RoomKey[];

/** Switches of the Label room: without a key of their own until one is given to them. */
export const LABEL_SWITCH_KEYS = [
  { id: 'label.advance', label: 'Move on after a label, or not' },
  { id: 'label.autoplay', label: 'Play the clip moved to, or not' },
] as const satisfies readonly RoomKey[];

export const SEGMENT_KEYS = [
  { id: 'segment.in', label: 'Start a segment at the playhead', keys: ['I'] },
  { id: 'segment.out', label: 'End the segment at the playhead', keys: ['O'] },
  { id: 'segment.next', label: 'Next segment', keys: ['.'], repeats: true },
  { id: 'segment.previous', label: 'Previous segment', keys: [','], repeats: true },
  { id: 'segment.play', label: 'Play the segment once', keys: ['Shift Space'] },
  { id: 'segment.loop', label: 'Loop the segment, or not', keys: ['L'] },
  { id: 'segment.fit', label: 'Fit the segment, or the clip, to the width', keys: ['F'] },
  { id: 'segment.split', label: 'Cut the segment at the playhead', keys: ['C'] },
  { id: 'segment.merge', label: 'Merge with the next segment', keys: ['M'] },
  { id: 'segment.lock', label: 'Lock or unlock the segment', keys: ['Shift L'] },
  { id: 'segment.snap', label: 'Snap to zero crossings, to silence, or not', keys: ['Z'] },
  { id: 'segment.tier', label: 'Move the segment to the next tier', keys: ['Y'] },
  { id: 'segment.left', label: 'Nudge the segment left by 10 ms', keys: ['Alt ArrowLeft'], repeats: true },
  { id: 'segment.right', label: 'Nudge the segment right by 10 ms', keys: ['Alt ArrowRight'], repeats: true },
  { id: 'segment.start.left', label: 'Nudge its start left', keys: ['Ctrl ArrowLeft'], repeats: true },
  { id: 'segment.start.right', label: 'Nudge its start right', keys: ['Ctrl ArrowRight'], repeats: true },
  { id: 'segment.end.left', label: 'Nudge its end left', keys: ['Alt Shift ArrowLeft'], repeats: true },
  { id: 'segment.end.right', label: 'Nudge its end right', keys: ['Alt Shift ArrowRight'], repeats: true },
  { id: 'segment.remove', label: 'Remove the segment', keys: ['Delete', 'Backspace'] },
] as const satisfies readonly RoomKey[];

export const PARALLEL_KEYS = [
  { id: 'parallel.play', label: 'Play the clip once or pause', keys: ['Space'] },
  { id: 'parallel.a', label: 'Hear A, from the same moment', keys: ['A'] },
  { id: 'parallel.b', label: 'Hear B, from the same moment', keys: ['B'] },
  { id: 'parallel.set.a', label: 'Make the clip A', keys: ['Shift A'] },
  { id: 'parallel.set.b', label: 'Make the clip B', keys: ['Shift B'] },
  { id: 'parallel.take', label: 'Next take of the same speaker and label', keys: ['N'] },
  { id: 'parallel.next', label: 'Next utterance', keys: ['J'], repeats: true },
  { id: 'parallel.previous', label: 'Previous utterance', keys: ['K'], repeats: true },
  { id: 'parallel.search', label: 'Search utterances', keys: ['/'] },
  { id: 'parallel.open', label: 'Label the clip', keys: ['Enter'] },
] as const satisfies readonly RoomKey[];

export const RATERS_KEYS = [
  { id: 'raters.play', label: 'Play the clip once or pause', keys: ['Space'] },
  { id: 'raters.next', label: 'Next disagreement', keys: ['J'], repeats: true },
  { id: 'raters.previous', label: 'Previous disagreement', keys: ['K'], repeats: true },
  { id: 'raters.majority', label: 'Settle by majority', keys: ['M'] },
] as const satisfies readonly RoomKey[];

export const TEST_KEYS = [
  { id: 'test.play', label: 'Play the clip again', keys: ['Space'] },
  { id: 'test.back', label: 'Back to the clip before', keys: ['K'] },
  { id: 'test.pause', label: 'Leave the test and go on later', keys: ['Escape'] },
] as const satisfies readonly RoomKey[];

const EVERYWHERE_KEYS: readonly RoomKey[] = [
  { id: 'room.corpus', label: 'Go to Corpus', keys: ['Ctrl 1'] },
  { id: 'room.label', label: 'Go to Label', keys: ['Ctrl 2'] },
  { id: 'room.train', label: 'Go to Train', keys: ['Ctrl 3'] },
  { id: 'room.evaluate', label: 'Go to Evaluate', keys: ['Ctrl 4'] },
  { id: 'palette', label: 'Find a command', keys: ['Ctrl K'] },
  { id: 'keys', label: 'Show every key', keys: ['?'] },
  { id: 'pane', label: 'Go to the next pane', keys: ['F6'] },
  { id: 'pane.back', label: 'Go to the pane before', keys: ['Shift F6'] },
  { id: 'open', label: 'Open a folder', keys: ['Ctrl O'] },
  { id: 'settings', label: 'Open settings', keys: ['Ctrl ,'] },
];

export const TRAIN_KEYS = [
  { id: 'train.start', label: 'Start the run', keys: ['Ctrl Enter'] },
  { id: 'train.recipe', label: 'Edit the recipe', keys: ['R'] },
  { id: 'train.evaluate', label: 'Evaluate the selected run', keys: ['E'] },
  { id: 'train.pause', label: 'Pause the selected run, or go on with it', keys: ['Shift P'] },
  { id: 'train.stop', label: 'Stop the selected run and keep what it has' },
  { id: 'train.cancel', label: 'Cancel the selected run', keys: ['Ctrl .'] },
  { id: 'train.overlay', label: 'Lay the selected run over the others, or take it off', keys: ['X'] },
  { id: 'train.overlay-all', label: 'Lay all runs over one another', keys: ['Shift X'] },
  { id: 'train.compare', label: 'Compare the selected run with another', keys: ['C'] },
  { id: 'train.name', label: 'Name the selected run, tag it, note something', keys: ['F2'] },
  { id: 'train.smooth', label: 'Smooth the curves, or show them raw', keys: ['S'] },
  { id: 'train.scale', label: 'Loss on a linear or a logarithmic axis', keys: ['L'] },
  { id: 'train.table', label: 'Show curves as a table, or as charts', keys: ['T'] },
  { id: 'train.delete', label: 'Delete the selected run', keys: ['Delete'] },
] as const satisfies readonly RoomKey[];

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

export const LIVE_KEYS = [
  { id: 'live.listen', label: 'Listen or stop', keys: ['Space'] },
  { id: 'live.save', label: 'Save the last 10 s as a recording', keys: ['S'] },
  { id: 'live.calibrate', label: 'Calibrate to this room', keys: ['C'] },
  { id: 'live.freeze', label: 'Freeze the picture or let it go on', keys: ['F'] },
  { id: 'live.model', label: 'Next model', keys: ['N'] },
  { id: 'live.clip', label: 'Play the next clip in place of the microphone', keys: ['J'] },
  { id: 'live.present', label: 'Presenter mode', keys: ['F11'] },
  { id: 'live.end', label: 'End presenter mode', keys: ['Escape'] },
] as const satisfies readonly RoomKey[];

/** In the order of the rail; views of a room after it. */
export const ROOM_KEYS: ReadonlyMap<string, readonly RoomKey[]> = new Map<string, readonly RoomKey[]>([
  ['Corpus', CORPUS_KEYS],
  [
    'Label',
    [
      ...NUMBER_KEYS,
      ...LABEL_KEYS,
      ...CONFIDENCE_KEYS,
      ...LABEL_VIEW_KEYS,
      ...LABEL_SWITCH_KEYS,
      ...VIEWER_KEYS,
    ],
  ],
  ['Segments', SEGMENT_KEYS],
  ['Parallel utterances', PARALLEL_KEYS],
  ['Raters', RATERS_KEYS],
  ['Listening test', TEST_KEYS],
  ['Train', TRAIN_KEYS],
  ['Evaluate', EVALUATE_KEYS],
  ['Live', LIVE_KEYS],
  ['Everywhere', EVERYWHERE_KEYS],
]);

/** The one table of keys: every command that has or can be given one, with the heading it is listed under. */
export const ALL_KEYS: readonly (RoomKey & { scope: string })[] = [...ROOM_KEYS].flatMap(([scope, keys]) =>
  keys.map((key) => ({ ...key, scope })),
);

/** The commands of a room: its keys, each with what it does. */
export function withActions<const Keys extends readonly RoomKey[]>(
  scope: string,
  keys: Keys,
  actions: Record<Keys[number]['id'], Action>,
): Command[] {
  const actionOf = new Map<string, Action>(Object.entries<Action>(actions));
  return keys.map((key) => ({ ...key, scope, ...actionOf.get(key.id)! }));
}
