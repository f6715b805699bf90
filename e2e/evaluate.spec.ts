// Believing a score: two splits side by side, an error heard against its neighbour, relabelled, trained again and compared.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { testInWords } from '../renderer/evaluate/comparing.ts';
import { intervalInWords, signed, signedInterval } from '../renderer/ui/charts/intervals.ts';
import { formatInterval, formatRate } from '../renderer/ui/format.ts';
import { unpackDemoCorpus } from '../main/corpus/demo.ts';
import type { Comparison, FoldReport, Interval, RunSummary, Scores } from '../shared/contract/schemas.ts';
import { projectRoot } from './fixtures/corpora.ts';
import { expect, test } from './fixtures/studio.ts';
import { Rooms } from './pages/rooms.ts';

/** What the command line says of the same workspace. */
function commandLine<Document>(workspace: string, ...args: string[]): Document {
  const node = process.env['PATHOS_NODE'] ?? process.execPath;
  const { stdout } = spawnSync(node, [path.join(projectRoot, 'main/cli/pathos.ts'), ...args, '--json'], {
    encoding: 'utf8',
    env: { ...process.env, PATHOS_WORKSPACE: workspace },
  });
  return JSON.parse(stdout) as Document;
}

/**
 * Notes which sides of a duel are heard, one after the other: a short clip may be over between two looks from here.
 * @returns what was noted so far
 */
async function notePlaying(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const heard: string[] = [];
    (window as { heard?: string[] }).heard = heard;
    const look = (): void => {
      const name = document.querySelector('[aria-label^="Stop "]')?.getAttribute('aria-label');
      if (name && heard.at(-1) !== name) heard.push(name);
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => (window as { heard?: string[] }).heard ?? []);
}

test('a score is doubted, an error is heard, relabelled, trained again and compared; a dropped file is heard over time', async ({
  studio,
}) => {
  // Eight folds in three runs, each a process of its own: half a minute on a machine at rest.
  test.setTimeout(240_000);
  await studio.start();
  const { page } = studio;
  const rooms = new Rooms(studio);
  const look = async (where: string): Promise<void> => {
    const result = await new AxeBuilder({ page }).setLegacyMode(studio.host === 'electron').analyze();
    const serious = result.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(
        ({ id, nodes }) => `${where}: ${id} at ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
      ),
    ).toEqual([]);
  };
  const noDefect = async (where: string): Promise<void> => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await look(`${where}, ${colorScheme}`);
    }
  };
  await page.getByRole('button', { name: 'Try the demo corpus' }).click();
  await rooms.expectOpen('120 clips');
  await rooms.goTo('Train');
  await page.getByRole('radio', { name: /^Random 80/ }).check({ force: true });
  await page.getByRole('textbox', { name: 'Epochs' }).fill('1');
  await page.getByRole('button', { name: 'Start run 1' }).first().click();
  await expect(rooms.folds.getByRole('row').nth(1)).toContainText('done', { timeout: 60_000 });

  await rooms.goTo('Evaluate');
  const shown = {
    score: await page.getByRole('region', { name: 'Score of run 1' }).innerText(),
    rates: '',
    matrix: '',
    overview: await page.getByRole('region', { name: 'Recall by speaker' }).textContent(),
    bins: '',
    label: '',
    speaker: '',
    sex: '',
    meter: '',
    comparison: '',
    card: '',
  };
  const cells = page.getByRole('grid', { name: /^Confusion matrix/ }).locator('[data-cell]');
  shown.rates = (await cells.allInnerTexts()).join(' ');
  await page.getByRole('button', { name: 'Counts', exact: true }).click();
  shown.matrix = (await cells.allInnerTexts()).join(' ');
  await page.getByRole('button', { name: 'Calibration', exact: true }).click();
  shown.bins = await page.getByRole('region', { name: 'Calibration' }).innerText();
  await page.getByRole('button', { name: 'Recall', exact: true }).click();
  for (const by of ['label', 'speaker', 'sex'] as const)
    shown[by] = (await page.getByRole('region', { name: `Recall by ${by}` }).textContent()) ?? '';
  await page.getByRole('button', { name: 'Protocol card' }).click();
  const sheet = page.getByRole('dialog', { name: 'Protocol card' }).frameLocator('iframe').locator('body');
  await expect(sheet).toContainText('Macro F1');
  shown.card = await sheet.innerText();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Overview', exact: true }).click();

  // Honesty meter: one click scores the other split too, without leaving this run.
  const meter = page.getByRole('region', { name: 'Honesty meter' });
  await meter.getByRole('button', { name: /Score unheard speakers too/ }).click();
  await expect(meter).toContainText(/Run 2, LOSO|LOSO, run 2/);
  await expect(meter).toContainText(/Random reads \d\.\d{3} (higher|lower)|Both read the same/, {
    timeout: 90_000,
  });
  await expect(meter).toContainText('random: shares speakers: 6 of 6');
  await expect(meter).toContainText('LOSO: no speaker on both sides');
  shown.meter = (await meter.textContent()) ?? '';
  await expect(page.getByRole('region', { name: 'Score of run 1' })).toBeVisible();
  await noDefect('Overview');

  // Confusion duel on an error of that run.
  await page.getByRole('button', { name: 'Timeline', exact: true }).click();
  await page.getByRole('button', { name: 'Wrong', exact: true }).click();
  const errors = page.getByRole('listbox', { name: /^Clips of the timeline/ });
  await errors.getByRole('option').first().click();
  await noDefect('Timeline');
  await page.keyboard.press('Enter');
  const duel = page.getByRole('region', { name: 'Confusion duel' });
  const a = duel.getByRole('group', { name: /^A: / });
  const b = duel.getByRole('group', { name: /^B: / });
  await expect(a).toContainText('wrong');
  await expect(a.getByRole('figure', { name: /^What the model saw of A/ })).toBeVisible();
  // The model may have given one answer to all: then the clip's own label has no neighbour, the one heard has.
  await expect(b).toContainText('right', { timeout: 20_000 });
  await expect(b.getByRole('figure', { name: /^What the model saw of B/ })).toBeVisible();
  await expect(duel).toContainText(
    /Nearest clip that was rightly called .* by (the model’s probabilities|features)/,
  );
  const played = await notePlaying(page);
  await page.keyboard.press('a');
  await expect.poll(played).toEqual(['Stop A']);
  await page.keyboard.press('b');
  await expect.poll(played).toEqual(['Stop A', 'Stop B']);
  await expect(a.getByRole('button', { name: 'Play A' })).toBeVisible();
  await noDefect('Duel');

  // Relabelled in place: in the ledger, not in the run.
  const pressed = page.getByRole('toolbar', { name: 'Labels' }).locator('[aria-pressed="true"]');
  const before = (await pressed.innerText()).trim();
  const key = /Anger/.test(before) ? '2' : '1';
  await page.keyboard.press(key);
  await expect(pressed).toContainText(key === '1' ? 'Anger' : 'Disgust');
  await expect(rooms.statusBar).toContainText('saved');
  await expect(
    page.getByText('Labels have moved on: v2, 1 entry in the ledger since this run (v1).'),
  ).toBeVisible();

  // Trained again on the new labels, and compared with the old run.
  await page.getByRole('button', { name: 'Retrain and compare' }).click();
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison).toContainText('Run 3 against', { timeout: 60_000 });
  await expect(comparison).toContainText(/McNemar’s exact test|No clip tells them apart/, {
    timeout: 30_000,
  });
  await expect(comparison.getByRole('combobox', { name: 'Run to compare with' })).toHaveValue('1');
  await expect(comparison.getByRole('row', { name: /^UAR/ })).toContainText(/0\.\d{3}/);
  shown.comparison = await comparison.innerText();
  await noDefect('Comparison');

  // Any file is heard over time.
  const file = readFileSync(path.join(await unpackDemoCorpus(studio.workspace), 'fear', 'f02 (3).wav'));
  const predict = page.getByRole('region', { name: 'Predict' });
  const dropped = await page.evaluateHandle(
    (bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], 'dropped.wav', { type: 'audio/wav' }));
      return transfer;
    },
    [...file],
  );
  await comparison.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(predict).toContainText('dropped.wav');
  await expect(predict).toContainText('What the LSTM saw');
  const time = predict.getByRole('slider', { name: /^Probabilities over time/ });
  await expect(time).toBeVisible({ timeout: 30_000 });
  await expect(predict).toContainText('A window is 0.91 s, the 40 frames that the network takes');
  await time.focus();
  await page.keyboard.press('ArrowRight');
  await expect(time).toHaveAttribute('aria-valuetext', /^0\.00 to 0\.91 s: /);
  await noDefect('Predict');

  // The cell is closed, and what was decided in it can still be taken back.
  await page.keyboard.press('Escape');
  await expect(duel).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Taken back: 1 clip')).toBeVisible();

  // Every figure is the command line's for the same run.
  await studio.stop();
  const { folds } = commandLine<{ folds: (Omit<FoldReport, 'scores'> & { metrics: Scores })[] }>(
    studio.workspace,
    ...['run', 'show', '1'],
  );
  const scores = folds[0]!.metrics;
  for (const { value, interval } of [scores.uar, scores.accuracy]) {
    expect(shown.score).toContain(formatRate(value));
    expect(shown.score).toContain(formatInterval(interval));
  }
  expect(shown.matrix).toBe(scores.confusion.flat().join(' '));
  const total = (row: readonly number[]): number => row.reduce((sum, count) => sum + count, 0);
  expect(shown.rates).toBe(
    scores.confusion
      .flatMap((row) => row.map((count) => (total(row) === 0 ? '–' : (count / total(row)).toFixed(2))))
      .join(' '),
  );
  expect(shown.bins).toContain(
    `ECE ${formatRate(scores.ece.value)} (${formatInterval(scores.ece.interval)})`,
  );
  for (const { accuracy, confidence, clips } of scores.reliability.filter((bin) => bin.clips > 0)) {
    expect(shown.bins).toContain(
      [clips, confidence?.toFixed(3), formatRate(accuracy.value), formatInterval(accuracy.interval)].join(
        '\t',
      ),
    );
  }
  // A row's figure, its interval, and each of its parts.
  const labels = scores.byLabel.map(({ label }) => `${label[0]!.toUpperCase()}${label.slice(1)}`);
  const parts = (values: readonly (number | null)[], names: readonly string[]): string =>
    values.flatMap((value, i) => (value === null ? [] : [`${names[i]}: ${value.toFixed(2)}`])).join('; ');
  const spread = (name: string, interval: Interval): string =>
    interval === null
      ? `${name}, interval not estimable`
      : `${name}, ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`;
  scores.byLabel.forEach(({ recall }, i) => {
    const speakers = scores.bySpeaker.map(({ speaker }) => `speaker ${speaker}`);
    const values = scores.bySpeaker.map((speaker) => speaker.recall[i] ?? null);
    const all = parts([...values, recall.value], [...speakers, 'all']);
    expect(shown.label).toContain(`${spread('recall', recall.interval)}. ${all}`);
  });
  for (const { speaker, uar, recall } of scores.bySpeaker) {
    const row = new RegExp(`Speaker ${speaker}.*?${uar?.toFixed(2)}\\s*UAR\\. ${parts(recall, labels)}`, 's');
    expect(shown.speaker).toMatch(row);
    expect(shown.overview).toMatch(row);
  }
  for (const { uar, recall } of scores.bySex) {
    const values = recall.map(({ value }) => value);
    expect(shown.sex).toContain(`${spread('UAR', uar.interval)}. ${parts(values, labels)}`);
  }
  for (const figure of [scores.uar, scores.accuracy, scores.macroF1, scores.ece])
    expect(shown.card).toContain(formatRate(figure.value));

  const { runs } = commandLine<{ runs: RunSummary[] }>(studio.workspace, 'runs');
  for (const { runId, uar, uarInterval } of runs.filter(({ runId }) => runId < 3))
    expect(shown.meter, `run ${runId}`).toContain(intervalInWords({ value: uar, interval: uarInterval }));
  const splits = commandLine<Comparison>(studio.workspace, 'compare', '2', '1');
  expect(shown.meter).toContain(
    `${signed(splits.uar.difference.value)} (${signedInterval(splits.uar.difference.interval)})`,
  );
  const compared = commandLine<Comparison>(studio.workspace, 'compare', '1', '3');
  for (const figure of [compared.uar, compared.accuracy])
    expect(shown.comparison).toContain(
      [
        formatRate(figure.a),
        formatRate(figure.b),
        signed(figure.difference.value),
        signedInterval(figure.difference.interval),
      ].join('\t'),
    );
  expect(shown.comparison).toContain(testInWords(compared));
  expect(shown.comparison).toContain(`${compared.changed.length} clip`);
});
