// Label decisions: set, undo, redo. Nothing counts as saved before the engine says it is on disk.
import type { Clip, LabelResult } from '../../shared/contract/schemas.ts';
import { app } from './app.svelte.ts';
import { engine } from './engine.svelte.ts';

class Labelling {
  canUndo = $state(false);
  canRedo = $state(false);
  /** Decisions on their way to the disk. */
  saving = $state(0);
  error = $state.raw<unknown>(null);
  /** The ledger's last event that this window was told of. */
  #head = 0;
  #listeners = new Set<(clips: readonly Clip[]) => void>();
  /** One decision after the other, in the order of the keys. */
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    engine.onNotice((notice) => {
      if (notice.type === 'labels') this.#head = notice.head;
    });
  }

  /** Calls `listener` with clips whose label was changed here. Returns the end of that. */
  onChange(listener: (clips: readonly Clip[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks what can be undone on a corpus. */
  async load(corpusId: number): Promise<void> {
    try {
      const state = await engine.client.labels.state({ corpusId, rater: app.settings!.rater });
      if (corpusId !== app.corpusId) return;
      this.#head = state.head;
      this.canUndo = state.canUndo;
      this.canRedo = state.canRedo;
    } catch (error) {
      this.error = error;
    }
  }

  /** Sets the label of clips, null for unsure. Returns them as they are now; null where it failed. */
  set(
    clipIds: readonly number[],
    label: string | null,
    reason: string | null,
  ): Promise<readonly Clip[] | null> {
    return this.#decide(app.corpusId, () =>
      engine.client.labels.set({
        clipIds: [...clipIds],
        saw: { upTo: this.#head },
        rater: app.settings!.rater,
        label,
        reason,
      }),
    );
  }

  /** Takes back the last decision on the open corpus. */
  undo(): Promise<readonly Clip[] | null> {
    return this.#step(this.canUndo, (corpusId) =>
      engine.client.labels.undo({ corpusId, rater: app.settings!.rater }),
    );
  }

  /** Does again what was taken back. */
  redo(): Promise<readonly Clip[] | null> {
    return this.#step(this.canRedo, (corpusId) =>
      engine.client.labels.redo({ corpusId, rater: app.settings!.rater }),
    );
  }

  #step(can: boolean, call: (corpusId: number) => Promise<LabelResult>): Promise<readonly Clip[] | null> {
    const corpusId = app.corpusId;
    // A decision still on its way can be undone once it is there.
    if (corpusId === null || (!can && this.saving === 0)) return Promise.resolve(null);
    return this.#decide(corpusId, () => call(corpusId));
  }

  #decide(corpusId: number | null, call: () => Promise<LabelResult>): Promise<readonly Clip[] | null> {
    this.saving += 1;
    const decision = this.#last.then(async () => {
      try {
        const result = await call();
        this.#head = result.head;
        this.canUndo = result.canUndo;
        this.canRedo = result.canRedo;
        this.error = null;
        if (corpusId !== null) app.saved(corpusId, result);
        for (const listener of this.#listeners) listener(result.clips);
        return result.clips;
      } catch (error) {
        this.error = error;
        return null;
      } finally {
        this.saving -= 1;
      }
    });
    this.#last = decision;
    return decision;
  }
}

export const labelling = new Labelling();
