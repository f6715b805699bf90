// Columns of the clip list that it can be sorted by.
import type { SortKey } from '../state/filter.ts';

export const SORTS: readonly { key: SortKey; title: string; head: string; figures?: boolean }[] = [
  { key: 'path', title: 'Name', head: 'Name' },
  { key: 'speaker', title: 'Speaker', head: 'Spk' },
  { key: 'utterance', title: 'Utterance', head: 'Utterance' },
  { key: 'label', title: 'Label', head: 'Label' },
  { key: 'duration', title: 'Length', head: 'Length', figures: true },
  { key: 'rater', title: 'Rater', head: 'Rater' },
];
