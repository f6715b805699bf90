// What a filter keeps while blind.
import { describe, expect, it } from 'vitest';
import { blindFilter, isEmptyFilter, NO_FILTER, type Filter } from './filter.ts';

describe('blindFilter', () => {
  it('keeps nothing that tells a label: words of names, labels, remarks of raters', () => {
    const telling: Filter = {
      ...NO_FILTER,
      search: 'anger-',
      labels: ['anger', null],
      marks: ['relabelled'],
    };
    expect(isEmptyFilter(blindFilter(telling))).toBe(true);
  });

  it('keeps who speaks and how the file is', () => {
    const filter: Filter = { ...NO_FILTER, speakers: ['03'], sexes: ['female'], flags: ['clipped'] };
    expect(blindFilter(filter)).toEqual(filter);
  });
});
