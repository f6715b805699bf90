// Columns of the clip list: what there is, how wide it is by itself, and changes to what is shown.
import type { ClipColumn } from '../../shared/contract/schemas.ts';
import type { SortKey } from '../state/filter.ts';

export type ColumnKey = ClipColumn['key'];

export interface Column {
  readonly key: ColumnKey;
  readonly title: string;
  readonly head: string;
  /** Track of the grid where no width was set by hand. */
  readonly track: string;
  readonly sort?: SortKey;
  readonly figures?: boolean;
  /** Left out first where there is little room. */
  readonly givesWay?: boolean;
}

export const COLUMNS: readonly Column[] = [
  { key: 'path', title: 'Name', head: 'Name', track: 'minmax(132px, 0.4fr)', sort: 'path' },
  { key: 'corpus', title: 'Corpus', head: 'Corpus', track: 'minmax(60px, 110px)' },
  { key: 'speaker', title: 'Speaker', head: 'Spk', track: 'var(--speaker-width)', sort: 'speaker' },
  { key: 'sex', title: 'Speaker sex', head: 'Sex', track: '52px' },
  { key: 'utterance', title: 'Utterance', head: 'Utterance', track: 'minmax(60px, 1fr)', sort: 'utterance' },
  { key: 'take', title: 'Take', head: 'Take', track: '44px' },
  { key: 'label', title: 'Label', head: 'Label', track: '92px', sort: 'label' },
  { key: 'importedLabel', title: 'Imported label', head: 'Imported', track: '92px' },
  { key: 'duration', title: 'Length', head: 'Length', track: '52px', sort: 'duration', figures: true },
  { key: 'rate', title: 'Sample rate', head: 'Rate', track: '62px', figures: true, givesWay: true },
  { key: 'channels', title: 'Channels', head: 'Ch', track: '28px', figures: true, givesWay: true },
  { key: 'encoding', title: 'Encoding', head: 'Encoding', track: '92px', givesWay: true },
  {
    key: 'rater',
    title: 'Rater',
    head: 'Rater',
    track: 'minmax(54px, 72px)',
    sort: 'rater',
    givesWay: true,
  },
];

const BY_KEY = new Map(COLUMNS.map((column) => [column.key, column]));
const LEAST_WIDTH = 32;
const MOST_WIDTH = 1000;

export function columnOf(key: ColumnKey): Column {
  return BY_KEY.get(key)!;
}

/** Columns that the list can be sorted by. */
export const SORTS = COLUMNS.filter(
  (column): column is Column & { sort: SortKey } => column.sort !== undefined,
);

/** Tracks of a grid: a narrow one for the play button, then the columns. `narrow`: without those that give way. */
export function tracksOf(columns: readonly ClipColumn[], narrow: boolean): string {
  const shown = columns.filter(({ key }) => !(narrow && columnOf(key).givesWay));
  return ['20px', ...shown.map(({ key, width }) => (width ? `${width}px` : columnOf(key).track))].join(' ');
}

/** With one column as wide as this, in pixels. */
export function withWidth(columns: readonly ClipColumn[], key: ColumnKey, width: number): ClipColumn[] {
  const kept = Math.round(Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, width)));
  return columns.map((column) => (column.key === key ? { key, width: kept } : column));
}

/** With one column moved by places; as it was at either end. */
export function moved(columns: readonly ClipColumn[], key: ColumnKey, step: number): ClipColumn[] {
  const from = columns.findIndex((column) => column.key === key);
  const to = from + step;
  if (from < 0 || to < 0 || to >= columns.length) return [...columns];
  const rest = columns.filter((column) => column.key !== key);
  return [...rest.slice(0, to), columns[from]!, ...rest.slice(to)];
}

/** Columns of a list: where several corpora are in it, with that of the corpus. */
export function columnsOf(columns: readonly ClipColumn[], several: boolean): ClipColumn[] {
  return shown(columns, 'corpus', several);
}

/** With a column taken out or put in at its own place; the name stays. */
export function shown(columns: readonly ClipColumn[], key: ColumnKey, on: boolean): ClipColumn[] {
  if (!on) return columns.filter((column) => column.key !== key || key === 'path');
  if (columns.some((column) => column.key === key)) return [...columns];
  const place = (one: ColumnKey) => COLUMNS.findIndex((column) => column.key === one);
  const after = columns.findIndex((column) => place(column.key) > place(key));
  const at = after < 0 ? columns.length : after;
  return [...columns.slice(0, at), { key }, ...columns.slice(at)];
}
