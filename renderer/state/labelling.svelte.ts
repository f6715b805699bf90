// Decisions of the ledger: set, undo, redo, revert, resolve, edit segments. Nothing counts as saved before the engine
// says it is on disk, and nobody's decision is passed over: one that somebody else was quicker with waits to be asked about.
import { ORPCError } from '@orpc/client';
import type { ErrorData } from '../../shared/contract/errors.ts';
import type {
  Clip,
  Conflict,
  LabelPatch,
  LabelResult,
  LedgerState,
  Saw,
} from '../../shared/contract/schemas.ts';
import { app } from './app.svelte.ts';
import { engine } from './engine.svelte.ts';
import { raters } from './raters.svelte.ts';

export interface Said {
  reason?: string | null;
  blind?: boolean;
}

/** A decision that was refused because somebody else had decided since. */
export interface Refused {
  corpusId: number;
  conflicts: readonly Conflict[];
  /** What was to be set, for words; null where it was an edit of segments. */
  patch: LabelPatch | null;
  /** Decides all the same, over what the others said. */
  insist: () => Promise<unknown>;
}

type Client = typeof engine.client;
/** An edit of a segment, as it is asked for. */
export type NewEdit = Parameters<Client['segments']['edit']>[0]['edits'][number];
type ResolveBy = Parameters<Client['labels']['resolve']>[0]['by'];
type Step<Result extends LabelResult = LabelResult> = () => Promise<Result>;

class Labelling {
  canUndo = $state(false);
  canRedo = $state(false);
  /** The ledger's last event that this window knows of. */
  head = $state(0);
  /** A change on screen that is not yet a decision: a segment that is being nudged. */
  held = $state(false);
  /** Decisions on their way to the disk. */
  saving = $state(0);
  error = $state.raw<unknown>(null);
  refused = $state.raw<Refused | null>(null);
  #listeners = new Set<(result: LabelResult) => void>();
  /** One decision after the other, in the order of the keys. */
  #last: Promise<unknown> = Promise.resolve();

  /** Calls `listener` with what decisions made here have changed. Returns the end of that. */
  onChange(listener: (result: LabelResult) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks what can be undone on a corpus. */
  async load(corpusId: number): Promise<void> {
    const rater = raters.current;
    if (rater === null) return;
    try {
      const state = await engine.client.labels.state({ corpusId, rater });
      if (corpusId === app.corpusId && rater === raters.current) this.#take(state);
    } catch (error) {
      this.error = error;
    }
  }

  /** Somebody has decided something: what this window knows goes up to there once it has looked. */
  knows(head: number): void {
    this.head = Math.max(this.head, head);
  }

  /** Decides about clips; a null label is "unsure". Resolves with the result; null where nothing was saved. */
  set(clips: readonly Clip[], patch: LabelPatch, said: Said = {}): Promise<LabelResult | null> {
    return this.setIds(
      clips.map(({ clipId }) => clipId),
      clips.map(({ eventId }) => eventId),
      patch,
      said,
    );
  }

  /** The same for clips that are not all loaded: `saw` says up to where the ledger was known. */
  setIds(
    clipIds: readonly number[],
    saw: Saw,
    patch: LabelPatch,
    said: Said = {},
  ): Promise<LabelResult | null> {
    const rater = raters.current;
    if (rater === null || clipIds.length === 0) return Promise.resolve(null);
    const call = (seen: Saw) => () =>
      engine.client.labels.set({ clipIds: [...clipIds], saw: seen, rater, ...said, ...patch });
    // What somebody else has decided is known by then: it was told with the refusal.
    const insist = (known: number): Promise<unknown> =>
      this.#decide(app.corpusId, call({ upTo: known }), patch, insist);
    return this.#decide(app.corpusId, call(saw), patch, insist);
  }

  /** Edits segments as one decision. */
  async editSegments(
    edits: readonly NewEdit[],
    said: Said = {},
  ): Promise<(LabelResult & { createdSegmentIds: number[] }) | null> {
    const rater = raters.current;
    if (rater === null || edits.length === 0) return null;
    const call = () => engine.client.segments.edit({ edits: [...edits], rater, ...said });
    return this.#decide(app.corpusId, call, null, null);
  }

  /** Takes back this rater's last decision on the open corpus. */
  undo(): Promise<LabelResult | null> {
    return this.#step(this.canUndo, (corpusId, rater) => engine.client.labels.undo({ corpusId, rater }));
  }

  /** Does again what was taken back. */
  redo(): Promise<LabelResult | null> {
    return this.#step(this.canRedo, (corpusId, rater) => engine.client.labels.redo({ corpusId, rater }));
  }

  /** Takes one event of the ledger, or all of its decision, out again; of any rater. */
  revert(eventId: number, scope: 'event' | 'decision'): Promise<LabelResult | null> {
    return this.#step(true, (_, rater) => engine.client.labels.revert({ eventId, scope, rater }));
  }

  /** Ends disagreements about clips. */
  async resolve(
    clips: readonly Clip[],
    by: ResolveBy,
    reason: string | null = null,
  ): Promise<LabelResult | null> {
    const rater = raters.current;
    if (rater === null) return null;
    const clipIds = clips.map(({ clipId }) => clipId);
    const call = (saw: Saw) => async () => {
      const result = await engine.client.labels.resolve({ clipIds, saw, by, rater, reason });
      return { ...result, decisionId: result.decisionId ?? 0 };
    };
    const insist = (known: number): Promise<unknown> =>
      this.#decide(app.corpusId, call({ upTo: known }), null, insist);
    return this.#decide(app.corpusId, call(clips.map(({ eventId }) => eventId)), null, insist);
  }

  #step(
    can: boolean,
    call: (corpusId: number, rater: string) => Promise<LabelResult>,
  ): Promise<LabelResult | null> {
    const { corpusId } = app;
    const rater = raters.current;
    // A decision still on its way can be undone once it is there.
    if (corpusId === null || rater === null || (!can && this.saving === 0)) return Promise.resolve(null);
    return this.#decide(corpusId, () => call(corpusId, rater), null, null);
  }

  #decide<Result extends LabelResult>(
    corpusId: number | null,
    call: Step<Result>,
    patch: LabelPatch | null,
    insist: ((known: number) => Promise<unknown>) | null,
  ): Promise<Result | null> {
    this.saving += 1;
    const decision = this.#last.then(async () => {
      try {
        const result = await call();
        if (corpusId === app.corpusId) this.#take(result);
        this.error = null;
        if (corpusId !== null) app.saved(corpusId, result);
        for (const listener of this.#listeners) listener(result);
        return result;
      } catch (error) {
        const conflicts = conflictsOf(error);
        if (conflicts && corpusId !== null) {
          const known = Math.max(this.head, ...conflicts.map(({ event }) => event.eventId));
          const retry = () => {
            this.refused = null;
            return insist ? insist(known) : Promise.resolve(null);
          };
          this.refused = { corpusId, conflicts, patch, insist: retry };
        } else this.error = error;
        return null;
      } finally {
        this.saving -= 1;
      }
    });
    this.#last = decision;
    return decision;
  }

  #take({ head, canUndo, canRedo }: LedgerState): void {
    this.head = Math.max(this.head, head);
    this.canUndo = canUndo;
    this.canRedo = canRedo;
  }
}

/** Who was quicker, of an error that says so; null for another one. */
function conflictsOf(error: unknown): readonly Conflict[] | null {
  if (!(error instanceof ORPCError) || error.code !== 'CONFLICT') return null;
  return (error.data as ErrorData)?.conflicts ?? [];
}

export const labelling = new Labelling();
