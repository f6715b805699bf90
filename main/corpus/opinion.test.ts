// Tests of what is read beside a recording, and of what a corpus makes of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clipSchema, type LiveModel } from '../../shared/contract/schemas.ts';
import { saveRecording } from '../live/recording.ts';
import { clipPage } from '../store/clips.ts';
import { openStore } from '../store/database.ts';
import { openCorpus } from './open.ts';
import { opinionBeside } from './opinion.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'pathos-opinion-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const model = { runId: 3, recipe: 'classic', labels: ['anger', 'fear'], model: 'fold 1', windowSamples: 400 };
const window = { startSample: 0, endSample: 400, raw: [0.25, 0.75] };

describe('a recording of the Live room', () => {
  it('comes with the model’s opinion, which is not its label', async () => {
    const stretch = { samples: new Float32Array(800).fill(0.1), fromSample: 0, sampleRateHz: 16_000 };
    const saved = await saveRecording(folder, {
      ...stretch,
      windows: [window],
      model: model as unknown as LiveModel,
    } as unknown as Parameters<typeof saveRecording>[1]);
    const store = openStore(':memory:');
    const { summary } = await openCorpus(store, { folder: saved.folder });
    const { clips } = clipPage(store, summary.corpusId, {}, { key: 'path' }, 0, 10);
    store.close();
    expect(clips.map((clip) => clipSchema.parse(clip))).toMatchObject([
      { label: null, opinion: { label: 'fear', probability: 0.75, recipe: 'classic' } },
    ]);
  });
});

describe('opinionBeside', () => {
  it.each([
    ['nothing', null],
    ['no JSON', 'fear'],
    ['another corpus’s JSON', '{"emotion":"fear"}'],
    ['no voice', '{"unconfirmed":null,"model":{"recipe":"classic"}}'],
    ['no probability', '{"unconfirmed":{"label":"fear","probability":7},"model":{"recipe":"classic"}}'],
  ])('says nothing where there is %s', async (_, text) => {
    if (text !== null) writeFileSync(path.join(folder, 'a.b.json'), text);
    expect(await opinionBeside(path.join(folder, 'a.b.wav'))).toBe(null);
  });
});
