// Labels, ledger and agreement as a script meets them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unpackDemoCorpus } from '../corpus/demo.ts';
import { openCorpus } from '../corpus/open.ts';
import { clipIds } from '../store/clips.ts';
import { openStore } from '../store/database.ts';
import { decideLabels, setLabels } from '../store/labels.ts';
import { editSegments } from '../store/segments.ts';
import { agreement, exportLabels, history, labelsAsCsv } from './labels-commands.ts';

const entry = fileURLToPath(new URL('pathos.ts', import.meta.url));
const NOTE = 'door, "slam"\nthen Żółć';
let folder: string;
let demo: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'pathos-labels-')));
  demo = await unpackDemoCorpus(folder);
  const store = openStore(path.join(folder, 'studio.db'));
  const { summary } = await openCorpus(store, { folder: demo }, {});
  const [first, second] = clipIds(store, summary.corpusId, {}, { key: 'path' }) as [number, number];
  for (const rater of ['ann', 'bob']) setLabels(store, [first], 'fear', { rater });
  setLabels(store, [second], 'fear', { rater: 'ann' });
  decideLabels(store, [second], { label: 'calm', confidence: 4, note: NOTE, bad: true }, { rater: 'bob' });
  const place = { clipId: first, startSeconds: 0.1, endSeconds: 0.25, tier: 'speech' };
  editSegments(store, [{ op: 'create', ...place, label: 'fear', locked: false, note: null }], {
    rater: 'ann',
  });
  store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pathos(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
    encoding: 'utf8',
    timeout: 150_000,
    env: { ...process.env, PATHOS_WORKSPACE: folder },
  });
  expect(stderr).not.toContain('rror');
  expect(status).toBe(0);
  return stdout;
}

it('exports labels as CSV', () => {
  const rows = parse(pathos('labels', 'export', demo, '--csv'), { columns: true, bom: true }) as Record<
    string,
    string
  >[];
  expect(rows).toHaveLength(120);
  expect(rows[0]).toMatchObject({
    label: 'fear',
    rater: 'bob',
    importedLabel: 'anger',
    bad: 'false',
    note: '',
  });
  expect(rows[1]).toMatchObject({ label: 'calm', confidence: '4', note: NOTE, bad: 'true' });
});

it('exports segments', async () => {
  const document = await exportLabels(demo, { workspace: folder, segments: true });
  expect(document.rows).toEqual([
    {
      ...{ file: 'anger/a01 (1).wav', startSeconds: 0.1, endSeconds: 0.25, tier: 'speech' },
      ...{ label: 'fear', speaker: expect.any(String) as string, note: null, rater: 'ann' },
    },
  ]);
});

it('tells agreement and history', async () => {
  expect(await agreement(demo, { workspace: folder, raters: 'ann, bob' })).toMatchObject({
    clips: 2,
    pairs: [{ raters: ['ann', 'bob'], clips: 2, agreement: 0.5 }],
  });
  const { events } = (await history(demo, { workspace: folder })) as { events: object[] };
  expect(events).toHaveLength(5);
  expect(events.at(-1)).toMatchObject({ kind: 'segment', rater: 'ann', file: 'anger/a01 (1).wav' });
});

it('writes the columns of a CSV whether there are rows or not', async () => {
  const { rows } = await exportLabels(demo, { workspace: folder, segments: true });
  const [header] = labelsAsCsv(rows, { segments: true }).split('\r\n');
  expect(header).toBe(Object.keys(rows[0]!).join(','));
  expect(labelsAsCsv([], { segments: true })).toBe(`${header}\r\n`);
  const clips = (await exportLabels(demo, { workspace: folder })).rows;
  expect(labelsAsCsv([], {})).toBe(`${Object.keys(clips[0]!).join(',')}\r\n`);
});

it('prints a CSV or one JSON document, not the one for the other', () => {
  const args = [entry, 'labels', 'export', demo, '--csv', '--json', '--workspace', folder];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 150_000 });
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE' } });
});
