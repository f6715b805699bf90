// Two windows on one engine: what each sees of the other, listening tests beside labels, human recall from a table.
import { createRouterClient, type RouterClient } from '@orpc/server';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../shared/contract/schemas.ts';
import { testCorpus } from '../corpus/test-corpora.ts';
import { createEngine, type Engine } from '../engine.ts';
import { resourcesDir } from '../process/entry.ts';
import { createLogger } from '../process/log.ts';

/** Beyond what a busy machine takes: it only ends a test that fails. */
const WAIT = { timeout: 20_000 };

let folder: string;
let engine: Engine;
let client: RouterClient<Engine['router']>;
let corpusId: number;
let clipIds: number[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pathos-calls-'));
  engine = createEngine({
    ...{ workspace: folder, host: 'test', openFolder: null, resourcesDir: resourcesDir() },
    logger: createLogger('test'),
  });
  client = createRouterClient(engine.router);
  for await (const event of await client.corpora.openDemo()) {
    if (event.type === 'done') ({ corpusId } = event.summary);
  }
  clipIds = await client.clips.ids({ corpusId });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('two windows', () => {
  it("are told of each other's decisions, and refused where they would overwrite one", async () => {
    const ended = new AbortController();
    const notices = await client.engine.notices(undefined, { signal: ended.signal });
    const told: Notice[] = [];
    let ready = false;
    const listening = (async () => {
      for await (const notice of notices) {
        if (notice.type === 'labels') told.push(notice);
        else ready = true;
      }
    })().catch(() => undefined);
    await vi.waitFor(async () => {
      await client.raters.add({ rater: 'ann' });
      expect(ready).toBe(true);
    }, WAIT);
    const [clipId] = clipIds as [number];
    const first = await client.labels.set({ clipIds: [clipId], saw: [0], rater: 'ann', label: 'fear' });
    await vi.waitFor(() => expect(told).not.toEqual([]), WAIT);
    expect(told).toEqual([{ type: 'labels', corpusId, clipIds: [clipId], rater: 'ann', head: first.head }]);
    const blindly = client.labels.set({ clipIds: [clipId], saw: [0], rater: 'bob', label: 'anger' });
    await expect(blindly).rejects.toMatchObject({
      ...{ code: 'CONFLICT', defined: true },
      data: { conflicts: [{ clipId, saw: 0, event: { rater: 'ann', label: 'fear', eventId: first.head } }] },
    });
    expect(told).toHaveLength(1);
    await client.labels.set({ clipIds: [clipId], saw: [first.head], rater: 'bob', label: 'anger' });
    const made = await client.segments.edit({
      edits: [{ op: 'create', clipId, startSeconds: 0, endSeconds: 0.1 }],
      rater: 'bob',
    });
    await vi.waitFor(
      () => expect(told.at(-1)).toMatchObject({ clipIds: [clipId], rater: 'bob', head: made.head }),
      WAIT,
    );
    expect(await client.segments.list({ clipId })).toEqual(made.segments);
    const undone = await client.labels.undo({ corpusId, rater: 'bob' });
    expect(undone).toMatchObject({ clips: [], segments: [], goneSegmentIds: made.createdSegmentIds });
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ clipIds: [clipId], head: undone.head }), WAIT);
    const ours = await client.raters.ofClips({ clipIds: [clipId] });
    expect(ours.map(({ rater, label }) => [rater, label])).toEqual([
      ['ann', 'fear'],
      ['bob', 'anger'],
    ]);
    const events = await client.labels.events({ corpusId, after: first.head, limit: 10 });
    expect(events.map(({ kind, rater }) => [kind, rater])).toEqual([
      ['label', 'bob'],
      ['segment', 'bob'],
      ['undo', 'bob'],
    ]);
    ended.abort();
    await listening;
  });
});

describe('a listening test', () => {
  it('tells no label, goes on where it was left, and comes to a confusion matrix', async () => {
    const before = await client.labels.state({ corpusId, rater: 'ann' });
    const input = { corpusId, name: 'first', clips: 30, seed: 7, labels: ['anger', 'fear', 'sadness'] };
    const test = await client.listening.create(input);
    const clips = new Map(
      (await Promise.all(clipIds.map((clipId) => client.clips.get({ clipId })))).map((c) => [c.clipId, c]),
    );
    const { items, next, answered } = await client.listening.session({ testId: test.testId, rater: 'eve' });
    expect([items.length, next, answered]).toEqual([30, 0, 0]);
    expect(Object.keys(items[0]!).sort()).toEqual(['answered', 'clipId', 'durationSeconds', 'label']);
    const truth = (clipId: number): string => clips.get(clipId)!.importedLabel!;
    const drawn = Map.groupBy(items, ({ clipId }) => truth(clipId));
    expect([...drawn].map(([label, own]) => [label, own.length]).sort()).toEqual([
      ['anger', 10],
      ['fear', 10],
      ['sadness', 10],
    ]);
    const speakers = Map.groupBy(items, ({ clipId }) => clips.get(clipId)!.speaker);
    expect(Math.max(...[...speakers.values()].map((own) => own.length))).toBeLessThanOrEqual(6);

    const answer = (clipId: number, label: string | null) =>
      client.listening.answer({ testId: test.testId, rater: 'eve', clipId, label });
    for (const { clipId } of items.slice(0, 12)) await answer(clipId, 'anger');
    const resumed = await client.listening.session({ testId: test.testId, rater: 'eve' });
    expect(resumed).toMatchObject({ next: 12, answered: 12 });
    expect(resumed.items.map(({ clipId }) => clipId)).toEqual(items.map(({ clipId }) => clipId));
    for (const { clipId } of items) await answer(clipId, truth(clipId) === 'fear' ? null : truth(clipId));
    await expect(answer(items[0]!.clipId, 'joy')).rejects.toMatchObject({ code: 'BAD_INPUT' });

    const result = await client.listening.result({ testId: test.testId });
    expect(result.pooled).toMatchObject({
      ...{ answers: 30, unsure: [0, 10, 0], recallByLabel: [1, 0, 1] },
      confusion: [
        [10, 0, 0],
        [0, 0, 0],
        [0, 0, 10],
      ],
    });
    expect(result.pooled.uar).toBeCloseTo(2 / 3, 12);
    expect(result.pooled.uarInterval).not.toBeNull();
    expect(result).toMatchObject({ byRater: [{ rater: 'eve', answers: 30 }], model: null });
    expect(await client.labels.state({ corpusId, rater: 'ann' })).toEqual(before);
    const again = await client.listening.create({ ...input, name: 'again' });
    const same = await client.listening.session({ testId: again.testId, rater: 'eve' });
    expect(same.items.map(({ clipId }) => clipId).sort()).toEqual(items.map(({ clipId }) => clipId).sort());
    expect((await client.listening.list({ corpusId })).map(({ name }) => name)).toEqual(['again', 'first']);
  });
});

const emodb = testCorpus('emodb');

describe.skipIf(emodb === undefined)("EMO-DB's table of hit rates", () => {
  it('is human recall by label, an upper bound', async () => {
    let emodbId = 0;
    for await (const event of await client.corpora.open({ folder: emodb! })) {
      if (event.type === 'done') emodbId = event.summary.corpusId;
    }
    const table = new File([readFileSync(join(emodb!, 'erkennung.txt'))], 'erkennung.txt');
    const recall = await client.humanRecall.import({ corpusId: emodbId, table });
    expect(recall).toMatchObject({ rows: 816, upperBound: true, name: 'erkennung.txt' });
    expect(recall.caveat).toContain('upper bound');
    expect(recall.byLabel.map(({ label, clips }) => [label, clips])).toEqual([
      ['anger', 127],
      ['disgust', 46],
      ['fear', 69],
      ['happiness', 71],
      ['sadness', 62],
      ['neutral', 79],
      ['boredom', 81],
    ]);
    for (const { recall: share } of recall.byLabel) expect(share).toBeGreaterThan(0.8);
    const [low, high] = recall.uarInterval!;
    expect(low).toBeLessThan(recall.uar);
    expect(high).toBeGreaterThan(recall.uar);
    await client.humanRecall.remove({ humanRecallId: recall.humanRecallId });
    expect(await client.humanRecall.list({ corpusId: emodbId })).toEqual([]);
  });
});
