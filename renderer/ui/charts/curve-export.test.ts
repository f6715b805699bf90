// Tests of exported curves: every epoch is in the CSV, and the SVG is one that a reader of XML takes.
import { expect, test } from 'vitest';
import type { EvaluatedOn } from '../../../shared/contract/schemas.ts';
import { curvesCsv, curvesSvg, type ExportedRun } from './curve-export.ts';

const run = (runId: number, title: string, heldOut: EvaluatedOn = 'test'): ExportedRun => ({
  runId,
  title,
  epochs: 3,
  heldOut,
  folds: [0, 1].map((index) => ({
    index,
    epochs: [1, 2].map((epoch) => ({
      epoch,
      loss: 1 / epoch,
      accuracy: 0.5,
      heldOutLoss: 1.5,
      heldOutAccuracy: 0.25 * epoch,
      seconds: 0.4,
    })),
  })),
});

test('the CSV holds every epoch of every fold, titles quoted where they must be', () => {
  const lines = curvesCsv([run(7, 'Mine, "best"'), run(9, 'Classic')]).split('\r\n');
  expect(lines[0]).toBe(
    'run,title,fold,epoch,training_loss,test_loss,training_accuracy,test_accuracy,seconds',
  );
  expect(lines[2]).toBe('7,"Mine, ""best""",1,2,0.5,1.5,0.5,0.5,0.4');
  expect(lines).toHaveLength(1 + 2 * 4 + 1);
});

test('no run’s test loss stands in a column of validation', () => {
  const runs = [run(7, 'Stopped', 'validation'), run(9, 'Classic')];
  const lines = curvesCsv(runs).split('\r\n');
  expect(lines[0]).toBe(
    'run,title,fold,epoch,training_loss,validation_loss,test_loss,' +
      'training_accuracy,validation_accuracy,test_accuracy,seconds',
  );
  expect(lines[1]).toBe('7,Stopped,1,1,1,1.5,,0.5,0.25,,0.4');
  expect(lines[5]).toBe('9,Classic,1,1,1,,1.5,0.5,,0.25,0.4');
  expect(curvesSvg(runs)).toContain('run 9 test 1.50');
});

test('the SVG has a line a fold, the means and the other runs by name, and escapes what people wrote', () => {
  const svg = curvesSvg([run(7, 'A <b> & c'), run(9, 'Classic')]);
  expect(svg).toContain('A &lt;b&gt; &amp; c');
  expect(svg).not.toContain('NaN');
  expect(svg).toContain('run 9 1.50');
  // Of each chart: two folds twice, two means, one other run.
  expect(svg.match(/<path d="M[^"]*L/g)).toHaveLength(2 * (4 + 2 + 1));
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
});
