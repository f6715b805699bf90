// Clips in place of a microphone, and for the room check: clips that the chosen run did not train on.
import type { PredictionRow } from '../../shared/contract/schemas.ts';
import { engine } from '../state/engine.svelte.ts';
import { listening } from './listening.svelte.ts';
import { models } from './models.svelte.ts';
import { spreadByLabel, type KnownClip } from './spread.ts';

class Clips {
  /** One a label, of the run's held-out clips. */
  list = $state.raw<readonly KnownClip[]>([]);
  playing = $state.raw<KnownClip | null>(null);
  error = $state.raw<unknown>(null);
  #rows: readonly PredictionRow[] = [];
  #labels: readonly string[] = [];

  /** Reads the held-out clips of a run. */
  async load(runId: number, labels: readonly string[]): Promise<void> {
    try {
      this.#rows = await engine.client.runs.predictions({ runId });
      this.#labels = labels;
      this.list = spreadByLabel(this.#rows, labels, 1);
    } catch {
      // An engine that restarts: the list is read again with its next connection.
    }
  }

  /** As many a label, for the room check. */
  sample(each: number): KnownClip[] {
    return spreadByLabel(this.#rows, this.#labels, each);
  }

  /** Plays a clip aloud and listens to it in place of the microphone. */
  async play(clip: KnownClip): Promise<void> {
    const model = models.chosen;
    if (!model) return;
    this.error = null;
    try {
      const { clipId } = clip;
      const [wav, { sampleRateHz }] = await Promise.all([
        engine.client.clips.audio({ clipId }),
        engine.client.clips.get({ clipId }),
      ]);
      this.playing = clip;
      await listening.listen({ kind: 'clip', wav, sampleRateHz, name: clip.name }, model);
    } catch (error) {
      this.error = error;
    }
  }

  /** The clip after the one that was played last. */
  next(): void {
    const at = this.list.findIndex(({ clipId }) => clipId === this.playing?.clipId);
    const clip = this.list[(at + 1) % Math.max(1, this.list.length)];
    if (clip) void this.play(clip);
  }
}

export const clips = new Clips();
