// What a run's events make of it: pure, so that a burst of events becomes one change on screen.
import type { Fold, RunDetail, RunEvent } from '../../shared/contract/schemas.ts';

/** Points of an epoch under way that are kept, the latest of each such part of it: on the axis it is a few pixels wide. */
const TAIL_PARTS = 200;

/** Running means of one fold's epoch under way. */
export interface BatchTail {
  epoch: number;
  batches: number;
  /** Batches finished, and the means over the epoch so far after each; of many batches the last of each part. */
  points: { batch: number; loss: number; accuracy: number }[];
}

export interface LiveState {
  readonly run: RunDetail;
  /** By fold. */
  readonly tails: ReadonlyMap<number, BatchTail>;
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

function changeFold(run: RunDetail, index: number, change: (fold: Fold) => Fold): RunDetail {
  return {
    ...run,
    foldDetails: run.foldDetails.map((fold) => (fold.index === index ? change(fold) : fold)),
  };
}

function withPoint(points: BatchTail['points'], point: BatchTail['points'][number], batches: number) {
  const part = (batch: number): number => Math.ceil((batch / batches) * TAIL_PARTS);
  const last = points.at(-1);
  const replaces = last !== undefined && part(last.batch) === part(point.batch);
  return [...(replaces ? points.slice(0, -1) : points), point];
}

function withBatch(state: LiveState, event: EventOf<'batch'>): LiveState {
  const old = state.tails.get(event.fold);
  const point = { batch: event.batch, loss: event.loss, accuracy: event.accuracy };
  const points = old?.epoch === event.epoch ? withPoint(old.points, point, event.batches) : [point];
  const tails = new Map(state.tails).set(event.fold, { epoch: event.epoch, batches: event.batches, points });
  const waiting = state.run.foldDetails.some((fold) => fold.index === event.fold && fold.state === 'waiting');
  const run = waiting
    ? changeFold(state.run, event.fold, (fold) => ({ ...fold, state: 'running' }))
    : state.run;
  return { run, tails };
}

function withEpoch(state: LiveState, event: EventOf<'epoch'>): LiveState {
  const tails = new Map(state.tails);
  if ((tails.get(event.fold)?.epoch ?? 0) <= event.epoch.epoch) tails.delete(event.fold);
  const run = changeFold({ ...state.run, ...event.summary }, event.fold, (fold) => ({
    ...fold,
    state: fold.state === 'waiting' ? 'running' : fold.state,
    // A snapshot may already hold what a late event repeats.
    epochs: [...fold.epochs.filter((epoch) => epoch.epoch !== event.epoch.epoch), event.epoch].sort(
      (a, b) => a.epoch - b.epoch,
    ),
  }));
  return { run, tails };
}

function withFold(state: LiveState, event: EventOf<'fold'>): LiveState {
  const tails = new Map(state.tails);
  if (event.fold.state !== 'running') tails.delete(event.fold.index);
  const known = state.run.foldDetails.some((fold) => fold.index === event.fold.index);
  const run = { ...state.run, ...event.summary };
  return {
    run: known
      ? changeFold(run, event.fold.index, () => event.fold)
      : { ...run, foldDetails: [...run.foldDetails, event.fold].sort((a, b) => a.index - b.index) },
    tails,
  };
}

/** The run after one more event; null before the first snapshot. */
export function reduceRun(state: LiveState | null, event: RunEvent): LiveState | null {
  if (event.type === 'snapshot') return { run: event.run, tails: new Map() };
  if (state === null) return null;
  if (event.type === 'batch') return withBatch(state, event);
  if (event.type === 'epoch') return withEpoch(state, event);
  if (event.type === 'fold') return withFold(state, event);
  return { ...state, run: { ...state.run, ...event.summary } };
}
