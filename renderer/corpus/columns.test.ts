// Columns shown, hidden, moved and resized.
import { describe, expect, it } from 'vitest';
import type { ClipColumn } from '../../shared/contract/schemas.ts';
import { CLIP_COLUMNS } from '../../shared/contract/schemas.ts';
import { COLUMNS, moved, shown, tracksOf, withWidth } from './columns.ts';

const columns: ClipColumn[] = [{ key: 'path' }, { key: 'label', width: 120 }, { key: 'rater' }];
const keys = (list: readonly ClipColumn[]) => list.map(({ key }) => key);

describe('columns', () => {
  it('are all that a workspace can remember', () => {
    expect(COLUMNS.map(({ key }) => key).sort()).toEqual([...CLIP_COLUMNS].sort());
  });

  it('come in at their place and go, but for the name', () => {
    expect(keys(shown(columns, 'speaker', true))).toEqual(['path', 'speaker', 'label', 'rater']);
    expect(keys(shown([{ key: 'path' }], 'rater', true))).toEqual(['path', 'rater']);
    expect(keys(shown(columns, 'label', true))).toEqual(keys(columns));
    expect(keys(shown(columns, 'label', false))).toEqual(['path', 'rater']);
    expect(keys(shown(columns, 'path', false))).toEqual(keys(columns));
  });

  it('move by places and stop at either end', () => {
    expect(keys(moved(columns, 'rater', -1))).toEqual(['path', 'rater', 'label']);
    expect(keys(moved(columns, 'path', -1))).toEqual(keys(columns));
    expect(keys(moved(columns, 'rater', 1))).toEqual(keys(columns));
  });

  it('have a width set by hand, within reason, else their own track', () => {
    expect(withWidth(columns, 'rater', 5.4)[2]).toEqual({ key: 'rater', width: 32 });
    expect(tracksOf(columns, false)).toBe('20px minmax(132px, 0.4fr) 120px minmax(54px, 72px)');
    expect(tracksOf(columns, true)).toBe('20px minmax(132px, 0.4fr) 120px');
  });
});
