// Edits segments: any number of edits is one decision of the ledger, so that one undo takes it back.
import { UserError } from '../../shared/contract/errors.ts';
import type { LabelResult, Segment, SegmentEdit } from '../../shared/contract/schemas.ts';
import type { SegmentChanges } from '../../shared/labels/ledger.ts';
import type { Store } from './database.ts';
import { corpusOfClips, labelResult } from './labels.ts';
import { appendDecision, type DecisionInfo } from './ledger.ts';
import type { NewEvent } from './ledger-derive.ts';
import { refuseUnseen } from './ledger-events.ts';
import { segmentsById } from './segment-rows.ts';

type Fields = Required<Omit<SegmentChanges, 'created' | 'deleted'>>;
type EditOf<Op extends SegmentEdit['op']> = Extract<SegmentEdit, { op: Op }>;

/** All of the edits, or none. On disk when it returns.
 * @throws UserError NOT_FOUND for an unknown clip or segment, BAD_INPUT for a stretch outside its clip, a locked segment
 *   or clips of two corpora, CONFLICT where somebody else has changed a segment since it was seen
 */
export function editSegments(
  store: Store,
  edits: readonly SegmentEdit[],
  info: DecisionInfo,
): LabelResult & { createdSegmentIds: number[] } {
  return store.transaction(() => {
    refuseUnseen(store, 'segment', edits.flatMap(seenBy), info.rater);
    const editing = new Editing(store, edits, info.rater);
    for (const edit of edits) editing.apply(edit);
    const { events, createdSegmentIds } = editing;
    const corpusId = corpusOfClips(store, [...new Set(events.map(({ clipId }) => clipId))]);
    const decisionId = appendDecision(store, { ...info, corpusId, kind: 'segment', events });
    return { ...labelResult(store, corpusId, info.rater, decisionId), createdSegmentIds };
  });
}

function seenBy(edit: SegmentEdit): { id: number; saw: number }[] {
  if (edit.op === 'create') return [];
  if (edit.op !== 'merge') return [{ id: edit.segmentId, saw: edit.saw }];
  if (edit.saw.length !== edit.segmentIds.length) {
    throw new UserError('BAD_INPUT', 'What was seen must be said of every segment, in the same order.');
  }
  return edit.segmentIds.map((id, index) => ({ id, saw: edit.saw[index]! }));
}

function segmentIdsOf(edit: SegmentEdit): number[] {
  if (edit.op === 'create') return [];
  return edit.op === 'merge' ? edit.segmentIds : [edit.segmentId];
}

/** Edits in the making: each sees what those before it have done. */
class Editing {
  readonly events: NewEvent[] = [];
  readonly createdSegmentIds: number[] = [];
  readonly #store: Store;
  readonly #rater: string;
  readonly #segments: Map<number, Pick<Segment, 'clipId'> & Fields>;
  readonly #clips = new Map<number, { path: string; durationSeconds: number; sampleRateHz: number }>();

  constructor(store: Store, edits: readonly SegmentEdit[], rater: string) {
    this.#store = store;
    this.#rater = rater;
    const segments = segmentsById(store, edits.flatMap(segmentIdsOf));
    this.#segments = new Map(
      segments.map(({ segmentId, clipId, startSeconds, endSeconds, tier, label, locked, note }) => [
        segmentId,
        { clipId, startSeconds, endSeconds, tier, label, locked, note },
      ]),
    );
  }

  apply(edit: SegmentEdit): void {
    if (edit.op === 'create') this.#create(edit);
    else if (edit.op === 'change') this.#change(edit);
    else if (edit.op === 'delete') this.#delete(edit.segmentId);
    else if (edit.op === 'split') this.#split(edit);
    else this.#merge(edit);
  }

  #create({ clipId, op: _, ...fields }: EditOf<'create'>): void {
    this.#insert(clipId, fields);
  }

  #change({ segmentId, op: _, saw: __, ...given }: EditOf<'change'>): void {
    const { clipId, ...fields } = this.#get(segmentId, given.locked === false);
    const changes = withoutUndefined(given);
    const after = { ...fields, ...changes };
    if (changes.startSeconds !== undefined || changes.endSeconds !== undefined) {
      this.#checkStretch(clipId, after);
      changes.startSeconds = after.startSeconds;
      changes.endSeconds = after.endSeconds;
    }
    if (Object.keys(changes).length === 0) throw new UserError('BAD_INPUT', 'The edit changes nothing.');
    this.#append(segmentId, clipId, after, changes);
  }

  #delete(segmentId: number): void {
    const { clipId } = this.#get(segmentId);
    this.#segments.delete(segmentId);
    this.events.push({ clipId, segmentId, changes: { deleted: true } });
  }

  #split({ segmentId, atSeconds }: EditOf<'split'>): void {
    const { clipId, ...fields } = this.#get(segmentId);
    const { startSeconds, endSeconds } = fields;
    if (atSeconds <= startSeconds || atSeconds >= endSeconds) {
      throw new UserError('BAD_INPUT', 'A segment is split between its start and its end.');
    }
    const changes = { startSeconds, endSeconds: atSeconds };
    this.#append(segmentId, clipId, { ...fields, ...changes }, changes);
    this.#insert(clipId, { ...fields, startSeconds: atSeconds });
  }

  #merge({ segmentIds }: EditOf<'merge'>): void {
    const parts = segmentIds
      .map((segmentId) => ({ segmentId, ...this.#get(segmentId) }))
      .sort((a, b) => a.startSeconds - b.startSeconds || a.segmentId - b.segmentId);
    const [first, ...others] = parts;
    const { segmentId, clipId, ...fields } = first!;
    if (others.some((other) => other.clipId !== clipId || other.segmentId === segmentId)) {
      throw new UserError('BAD_INPUT', 'Segments that are merged are of one clip, each named once.');
    }
    const endSeconds = Math.max(...parts.map((part) => part.endSeconds));
    const changes = { startSeconds: fields.startSeconds, endSeconds };
    this.#append(segmentId, clipId, { ...fields, ...changes }, changes);
    for (const other of others) this.#delete(other.segmentId);
  }

  #append(segmentId: number, clipId: number, after: Fields, changes: SegmentChanges): void {
    this.#segments.set(segmentId, { clipId, ...after });
    this.events.push({ clipId, segmentId, changes });
  }

  #insert(clipId: number, fields: Fields): void {
    this.#checkStretch(clipId, fields);
    const { startSeconds, endSeconds, tier } = fields;
    const row = this.#store
      .prepare(
        `INSERT INTO segments (clip_id, present, start_seconds, end_seconds, tier, locked, rater, event_id)
         VALUES (?, 0, ?, ?, ?, 0, ?, 0)`,
      )
      .run(clipId, startSeconds, endSeconds, tier, this.#rater);
    const segmentId = Number(row.lastInsertRowid);
    this.createdSegmentIds.push(segmentId);
    this.#append(segmentId, clipId, fields, { created: true, ...fields });
  }

  /** A segment that may be changed. @throws UserError NOT_FOUND, BAD_INPUT where it is locked */
  #get(segmentId: number, unlocking = false): Pick<Segment, 'clipId'> & Fields {
    const segment = this.#segments.get(segmentId);
    if (!segment) throw new UserError('NOT_FOUND', `There is no segment ${segmentId}.`);
    if (segment.locked && !unlocking) {
      const { path } = this.#clip(segment.clipId);
      throw new UserError('BAD_INPUT', `The segment of ${path} is locked.`, {
        path,
        next: 'Unlock it first.',
      });
    }
    return segment;
  }

  #checkStretch(clipId: number, { startSeconds, endSeconds }: Fields): void {
    const { path, durationSeconds, sampleRateHz } = this.#clip(clipId);
    if (startSeconds >= endSeconds) {
      throw new UserError('BAD_INPUT', `A segment of ${path} must end after its start.`, { path });
    }
    // Half a sample: durations are quotients, too.
    if (endSeconds > durationSeconds + 0.5 / sampleRateHz) {
      throw new UserError('BAD_INPUT', `${path} ends at ${durationSeconds} s, before the segment does.`, {
        path,
      });
    }
  }

  #clip(clipId: number): { path: string; durationSeconds: number; sampleRateHz: number } {
    let clip = this.#clips.get(clipId);
    if (clip) return clip;
    corpusOfClips(this.#store, [clipId]);
    clip = this.#store
      .prepare(
        'SELECT path, duration_seconds AS durationSeconds, sample_rate_hz AS sampleRateHz FROM clips WHERE clip_id = ?',
      )
      .get(clipId) as { path: string; durationSeconds: number; sampleRateHz: number };
    this.#clips.set(clipId, clip);
    return clip;
  }
}

function withoutUndefined<T extends object>(
  values: T,
): { -readonly [Key in keyof T]?: NonNullable<T[Key]> | Extract<T[Key], null> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
