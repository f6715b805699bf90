// Tests of people beside the model.
import { expect, it } from 'vitest';
import type { HumanRecall, ListeningResult, RunDetail } from '../../shared/contract/schemas.ts';
import { heardRates, recallRows, testRows } from './humanRows.ts';

it('holds the model against people label by label, on the same clips where a test tells', () => {
  const result = {
    labels: ['anger', 'fear'],
    pooled: { recallByLabel: [0.75, null] },
    model: { recallByLabel: [0.5, 0.25] },
  } as unknown as ListeningResult;
  expect(testRows(result)).toEqual([
    { label: 'anger', people: 0.75, model: 0.5, difference: -0.25 },
    { label: 'fear', people: null, model: 0.25, difference: null },
  ]);
});

it('takes a table by the run’s labels, whatever its own order', () => {
  const recall = { byLabel: [{ label: 'fear', clips: 3, recall: 0.5 }] } as unknown as HumanRecall;
  const run = {
    labels: ['anger', 'fear'],
    scores: { byLabel: [{ recall: { value: 1 } }, { recall: { value: 0.75 } }] },
  } as unknown as RunDetail;
  expect(recallRows(recall, run)).toEqual([
    { label: 'anger', people: null, model: 1, difference: null },
    { label: 'fear', people: 0.5, model: 0.75, difference: 0.25 },
  ]);
});

it('counts an answer of unsure as not recognised', () => {
  const confusion = [
    [3, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  expect(heardRates({ confusion, unsure: [1, 2, 0] })).toEqual([
    [0.75, 0, 0, 0.25],
    [0, 0, 0, 1],
    [null, null, null, null],
  ]);
});
