// The ledger in SQLite beside a plain fold of its log, whatever several raters do; and what a kill leaves.
import fc from 'fast-check';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../shared/contract/errors.ts';
import type { SegmentEdit } from '../../shared/contract/schemas.ts';
import { disagreements, resolveLabels } from './agreement.ts';
import { openStore, type Store } from './database.ts';
import { indexedClips, writeClips } from './indexing.ts';
import { labelVersion } from './label-version.ts';
import { decideLabels, labelState, redo, revert, undo } from './labels.ts';
import { corpusEvents, history } from './ledger-events.ts';
import { ledgerHead } from './ledger.ts';
import { rebuildLabels } from './ledger-rebuild.ts';
import { corpusSegments } from './segment-rows.ts';
import { editSegments } from './segments.ts';
import { clipRecord, sixClips } from './testing.ts';

const RATERS = ['ann', 'bob', 'cy'];
const CLIPS = [1, 2, 3, 4, 5, 6];

let store: Store;
let corpusId: number;
beforeEach(() => start());
afterEach(() => store.close());

function start(): void {
  store = openStore(':memory:');
  corpusId = sixClips(store);
}

interface LogEvent {
  eventId: number;
  decisionId: number;
  clipId: number;
  segmentId: number | null;
  kind: string;
  rater: string;
  target: number | null;
  reverts: number | null;
  changes: Record<string, unknown>;
}

/** The log as it stands: the only thing that the reference knows. */
function log(): LogEvent[] {
  const rows = store.db
    .prepare(
      `SELECT e.event_id AS eventId, e.decision_id AS decisionId, e.clip_id AS clipId, e.segment_id AS segmentId, d.kind,
         d.rater, d.target, e.reverts, e.changes
       FROM label_events e JOIN decisions d USING (decision_id) ORDER BY e.event_id`,
    )
    .all() as (Omit<LogEvent, 'changes'> & { changes: string })[];
  return rows.map((row) => ({ ...row, changes: JSON.parse(row.changes) as Record<string, unknown> }));
}

/** What the rules say, word by word. */
function reference(events: readonly LogEvent[]) {
  const counts = (decisionId: number): boolean =>
    events.findLast(({ target }) => target === decisionId)?.kind !== 'undo';
  const stands = (event: LogEvent): boolean =>
    counts(event.decisionId) && !events.some((other) => other.reverts === event.eventId && stands(other));
  const standing = events.filter(
    (event) => ['label', 'resolve', 'segment'].includes(event.kind) && stands(event),
  );
  return {
    stands,
    clip(clipId: number, imported: string | null) {
      const own = standing.filter((event) => event.clipId === clipId && event.segmentId === null);
      const labels = own.filter(({ changes }) => 'label' in changes);
      const said =
        labels.findLast(({ kind }) => kind === 'resolve') ?? labels.findLast(({ kind }) => kind === 'label');
      const remark = (key: string): unknown => own.findLast(({ changes }) => key in changes)?.changes[key];
      return {
        label: said ? said.changes['label'] : imported,
        rater: said?.rater ?? null,
        secondaryLabel: said?.changes['secondaryLabel'] ?? null,
        confidence: said?.changes['confidence'] ?? null,
        resolved: Number(said?.kind === 'resolve'),
        note: remark('note') ?? null,
        bad: Number(remark('bad') ?? false),
        eventId:
          events.findLast((event) => event.clipId === clipId && event.segmentId === null)?.eventId ?? 0,
        own: RATERS.flatMap((rater) => {
          const last = labels.findLast((event) => event.kind === 'label' && event.rater === rater);
          return last ? [[rater, last.eventId, last.changes['label']]] : [];
        }),
      };
    },
    segment(segmentId: number) {
      const own = standing.filter((event) => event.segmentId === segmentId);
      const has = (key: string): boolean => own.some(({ changes }) => changes[key] === true);
      return { present: has('created') && !has('deleted'), fields: own.map(({ changes }) => changes) };
    },
  };
}

/** Each rater's undo and redo as two stacks. */
function stacks(): Map<string, { undo: number[]; redo: number[] }> {
  const byRater = new Map(RATERS.map((rater) => [rater, { undo: [] as number[], redo: [] as number[] }]));
  const decisions = store.db
    .prepare(`SELECT decision_id AS id, kind, rater FROM decisions WHERE kind <> 'import' ORDER BY 1`)
    .all() as { id: number; kind: string; rater: string }[];
  for (const { id, kind, rater } of decisions) {
    const own = byRater.get(rater)!;
    if (kind === 'undo') own.redo.push(own.undo.pop()!);
    else if (kind === 'redo') own.undo.push(own.redo.pop()!);
    else {
      own.undo.push(id);
      own.redo = [];
    }
  }
  return byRater;
}

const patch = fc.oneof(
  fc.record({ label: fc.constantFrom('anger', 'fear', 'joyless', null) }),
  fc.record({
    label: fc.constantFrom('fear', 'calm'),
    secondaryLabel: fc.constantFrom('anger', null),
    confidence: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ confidence: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ note: fc.constantFrom('noise', null) }),
  fc.record({ bad: fc.boolean() }),
);
const ids = fc.uniqueArray(fc.constantFrom(...CLIPS), { minLength: 1, maxLength: 4 });
const rater = fc.constantFrom(...RATERS);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('label' as const), ids, patch, rater, lag: fc.nat(4) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('undo' as const, 'redo' as const), rater }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('revert' as const), rater, pick: fc.nat() },
      scope: fc.constantFrom('event' as const, 'decision' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('resolve' as const), ids, rater, majority: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('segment' as const), rater, pick: fc.nat(), at: fc.integer({ min: 1, max: 14 }) },
      op: fc.constantFrom(
        'create' as const,
        'create' as const,
        'move',
        'label',
        'lock',
        'delete',
        'split',
        'merge',
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('import' as const), clipId: fc.constantFrom(...CLIPS) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A segment edit that is possible here; undefined where there is none. */
function segmentEdit({ op, pick, at }: Extract<Step, { do: 'segment' }>): SegmentEdit | undefined {
  const segments = corpusSegments(store, corpusId);
  const segment = segments[pick % Math.max(1, segments.length)];
  if (op === 'create' || !segment) {
    const clipId = CLIPS[pick % CLIPS.length]!;
    const place = { startSeconds: at / 10 - 0.1, endSeconds: at / 10 };
    return { op: 'create', clipId, ...place, tier: 'segments', label: null, locked: false, note: null };
  }
  const { segmentId, eventId: saw, locked } = segment;
  if (op === 'lock') return { op: 'change', segmentId, saw, locked: !locked };
  if (locked) return undefined;
  if (op === 'move') return { op: 'change', segmentId, saw, startSeconds: 0, endSeconds: at / 10 };
  if (op === 'label') return { op: 'change', segmentId, saw, label: at % 2 ? 'fear' : 'calm', note: 'x' };
  if (op === 'delete') return { op, segmentId, saw };
  if (op === 'split') {
    return { op, segmentId, saw, atSeconds: (segment.startSeconds + segment.endSeconds) / 2 };
  }
  const other = segments.find((it) => it.clipId === segment.clipId && it !== segment && !it.locked);
  if (!other) return undefined;
  return { op: 'merge', segmentIds: [segmentId, other.segmentId], saw: [saw, other.eventId] };
}

/** Takes a step; what cannot be done must be refused and change nothing. */
function take(next: Step, heads: readonly number[]): void {
  const before = log();
  if (next.do === 'label') {
    const upTo = heads.at(-1 - next.lag) ?? 0;
    const unseen = before.some(
      (event) =>
        event.segmentId === null &&
        next.ids.includes(event.clipId) &&
        event.eventId > upTo &&
        event.kind !== 'import' &&
        event.rater !== next.rater,
    );
    const decide = (): unknown =>
      decideLabels(store, next.ids, next.patch, { rater: next.rater, saw: { upTo } });
    if (unseen) {
      expect(decide).toThrow('since you saw it');
      expect(log()).toEqual(before);
    } else {
      decide();
      for (const { changes } of log().slice(before.length)) expect(changes).toMatchObject(next.patch);
    }
  } else if (next.do === 'undo' || next.do === 'redo') {
    const target = stacks().get(next.rater)![next.do].at(-1);
    const reverse = next.do === 'undo' ? undo : redo;
    if (target === undefined) expect(() => reverse(store, corpusId, next.rater)).toThrow('nothing to');
    else {
      reverse(store, corpusId, next.rater);
      expect(log().at(-1)).toMatchObject({ kind: next.do, target });
    }
  } else if (next.do === 'revert') {
    const event = before[next.pick % Math.max(1, before.length)];
    if (!event) return;
    const possible = !['import', 'undo', 'redo'].includes(event.kind) && reference(before).stands(event);
    const act = (): unknown => revert(store, event.eventId, next.scope, { rater: next.rater });
    if (possible) act();
    else expect(act).toThrow(UserError);
  } else if (next.do === 'resolve') {
    const by = next.majority
      ? ({ method: 'majority' } as const)
      : ({ method: 'expert', label: 'fear' } as const);
    resolveLabels(store, next.ids, by, { rater: next.rater });
  } else if (next.do === 'segment') {
    const edit = segmentEdit(next);
    if (edit) editSegments(store, [edit], { rater: next.rater });
  } else if (next.do === 'import') {
    const path = `${next.clipId}.wav`;
    const known = indexedClips(store, corpusId).get(path)!;
    const label = known.label === 'awe' ? 'anger' : 'awe';
    writeClips(store, corpusId, [{ known, record: { ...clipRecord(path), label } }], null);
  }
}

/** Everything that is kept beside the ledger. */
function derived(of = store): unknown[] {
  return [
    ...['clips', 'decision_states', 'reverted_events', 'rater_labels', 'segments'].map((table) =>
      of.db.prepare(`SELECT * FROM ${table}`).all(),
    ),
    of.db.prepare('SELECT * FROM clip_counts WHERE clips > 0 ORDER BY 1, 2, 3, 4, 5, 6, 7').all(),
    labelVersion(of, corpusId),
  ];
}

function compareWithReference(): void {
  const events = log();
  const expected = reference(events);
  const clips = store.db
    .prepare(
      `SELECT clip_id AS clipId, imported_label AS imported, label, rater, secondary_label AS secondaryLabel,
         confidence, resolved, note, bad, event_id AS eventId FROM clips`,
    )
    .all() as { clipId: number; imported: string | null }[];
  const own = store.db
    .prepare('SELECT rater, event_id, label FROM rater_labels WHERE clip_id = ? ORDER BY rater')
    .raw();
  for (const { clipId, imported, ...state } of clips) {
    expect({ ...state, own: own.all(clipId) }).toEqual(expected.clip(clipId, imported));
  }
  const disputed = store.db.prepare('SELECT clip_id FROM clips WHERE disputed = 1 ORDER BY 1').pluck();
  const { rows } = disagreements(store, corpusId, {}, { offset: 0, limit: 100 });
  expect(disputed.all()).toEqual(rows.map(({ clip }) => clip.clipId).sort((a, b) => a - b));
  const present = new Map(corpusSegments(store, corpusId).map((segment) => [segment.segmentId, segment]));
  for (const id of new Set(events.flatMap(({ segmentId }) => segmentId ?? []))) {
    const { present: there, fields } = expected.segment(id);
    expect(present.has(id)).toBe(there);
    const { created: _, ...values } = Object.assign({}, ...fields) as Record<string, unknown>;
    if (there) expect(present.get(id)).toMatchObject(values);
  }
  for (const [name, { undo: undos, redo: redos }] of stacks()) {
    expect(labelState(store, corpusId, name)).toMatchObject({
      ...{ canUndo: undos.length > 0, canRedo: redos.length > 0, head: events.at(-1)?.eventId ?? 0 },
    });
  }
}

describe('the ledger in the store', () => {
  it('equals a plain fold of its log, and is the same when derived anew', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        store.close();
        start();
        const heads = [0];
        for (const next of steps) {
          take(next, heads);
          heads.push(ledgerHead(store));
          compareWithReference();
        }
        const kept = derived();
        rebuildLabels(store, corpusId);
        expect(derived()).toEqual(kept);
        for (const event of corpusEvents(store, corpusId, 0, 1000)) {
          const { stands } = reference(log());
          if (event.revertible)
            expect(stands(log().find(({ eventId }) => eventId === event.eventId)!)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('says of every event what the clip was before and after it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        store.close();
        start();
        for (const next of steps) take(next, [1e9]);
        for (const clipId of CLIPS) {
          const events = history(store, clipId).filter(({ segmentId }) => segmentId === null);
          events.slice(1).forEach((event, i) => expect(event.previousLabel).toBe(events[i]!.label));
          const now = store.db.prepare('SELECT label FROM clips WHERE clip_id = ?').pluck().get(clipId);
          expect(events.at(-1)!.label).toBe(now);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pathos-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the same when opened again', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 30 }), (steps) => {
        const file = join(folder, 'studio.db');
        rmSync(file, { force: true });
        store.close();
        store = openStore(file);
        corpusId = sixClips(store);
        for (const next of steps) take(next, [1e9]);
        const kept = derived();
        store.close();
        store = openStore(file);
        expect(derived()).toEqual(kept);
        compareWithReference();
      }),
      { numRuns: 5 },
    );
  });

  it('loses nothing that was answered to a kill between decisions', async () => {
    const file = join(folder, 'studio.db');
    const made = openStore(file);
    sixClips(made);
    made.close();
    const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    for (const decisions of [3, 10, 25]) {
      const code = `
        import { writeSync } from 'node:fs';
        import { openStore } from ${url('./database.ts')};
        import { decideLabels, redo, revert, undo } from ${url('./labels.ts')};
        import { editSegments } from ${url('./segments.ts')};
        const store = openStore(${JSON.stringify(file)});
        for (let i = 0; ; i++) {
          const rater = ['ann', 'bob'][i % 2];
          const clips = [1 + (i % 6), 1 + ((i + 1) % 6)];
          const create = { op: 'create', clipId: clips[0], startSeconds: 0, endSeconds: 1, tier: 't', label: 'fear' };
          const result = [
            () => decideLabels(store, clips, { label: 'label ' + i, confidence: 3 }, { rater }),
            () => editSegments(store, [{ ...create, locked: false, note: null }], { rater }),
            () => undo(store, 1, rater),
            () => redo(store, 1, rater),
            () => decideLabels(store, clips, { note: 'note ' + i }, { rater }),
          ][Math.floor(i / 2) % 5]();
          writeSync(1, JSON.stringify([result.decisionId, result.head]) + '\\n');
        }`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      let answered: [number, number] = [0, 0];
      for (let i = 0; i < decisions; i++) {
        answered = JSON.parse((await lines.next()).value as string) as [number, number];
      }
      child.kill('SIGKILL');
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        answered = JSON.parse(line.value) as [number, number];
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      store.close();
      store = openStore(file);
      corpusId = 1;
      const [decisionId, head] = answered;
      const count = store.db.prepare('SELECT count(*) FROM decisions').pluck().get() as number;
      expect(count).toBeGreaterThanOrEqual(decisionId);
      // One more may have been on disk before it could be answered.
      expect(count).toBeLessThanOrEqual(decisionId + 1);
      expect(ledgerHead(store)).toBeGreaterThanOrEqual(head);
      compareWithReference();
      const kept = derived();
      rebuildLabels(store, corpusId);
      expect(derived()).toEqual(kept);
      expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
    }
  });
});
