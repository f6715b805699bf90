// The duel of a confused clip with its recognised neighbour: who it is, what the model saw of both, which of them sounds.
import type { Clip, Prediction, PredictionRow } from '../../shared/contract/schemas.ts';
import {
  correctNeighbours,
  featureDistances,
  tiedNeighbours,
  type Neighbour,
} from '../../shared/metrics/neighbours.ts';
import { engine } from '../state/engine.svelte.ts';
import { player } from '../state/player.svelte.ts';
import { EngineLostError, isAbort } from '../ui/errors.ts';

/** Neighbours of equal probabilities that features are asked about. */
const MOST_TIED = 8;
const KEPT_ANSWERS = 64;

/** The neighbour that was chosen, and by what. */
export interface Rival {
  readonly neighbour: Neighbour<PredictionRow>;
  readonly by: 'probabilities' | 'features';
  readonly distance: number;
}

export type Side = 'a' | 'b';

class Duel {
  /** The confused clip. */
  a = $state.raw<PredictionRow | null>(null);
  /** Of its corpus now: its label may have changed since the run. */
  clip = $state.raw<Clip | null>(null);
  rival = $state.raw<Rival | null>(null);
  /** True while nobody can say yet whether there is a neighbour. */
  looking = $state(false);
  /** Whether the neighbour has the label that was heard or the clip's own. */
  against = $state<'heard' | 'own'>('heard');
  #answers = $state.raw<ReadonlyMap<number, Prediction>>(new Map());
  #runId: number | null = null;
  error = $state.raw<unknown>(null);

  readonly b = $derived(this.rival?.neighbour.clip ?? null);
  readonly answerA = $derived(this.a === null ? null : (this.#answers.get(this.a.clipId) ?? null));
  readonly answerB = $derived(this.b === null ? null : (this.#answers.get(this.b.clipId) ?? null));
  /** The side that is in the player; none while another clip is. */
  readonly side = $derived<Side | null>(
    player.clipId === null
      ? null
      : player.clipId === this.a?.clipId
        ? 'a'
        : player.clipId === this.b?.clipId
          ? 'b'
          : null,
  );

  /** Sets a clip and finds its neighbour; call from an effect. */
  open(
    runId: number,
    a: PredictionRow,
    rows: readonly PredictionRow[],
    against: 'heard' | 'own',
  ): () => void {
    const abort = new AbortController();
    if (this.#runId !== runId) this.#answers = new Map();
    this.#runId = runId;
    if (this.a?.clipId !== a.clipId) this.clip = null;
    this.a = a;
    this.rival = null;
    this.error = null;
    this.looking = true;
    void this.#find(
      runId,
      a,
      correctNeighbours(a, rows, against === 'heard' ? a.predicted : a.label),
      abort.signal,
    );
    return () => abort.abort();
  }

  /** Reads the clip as it is now; call from an effect. */
  readClip(clipId: number): () => void {
    const abort = new AbortController();
    engine.client.clips.get({ clipId }, { signal: abort.signal }).then(
      (clip) => {
        if (!abort.signal.aborted) this.clip = clip;
      },
      (error: unknown) => this.#tell(error, abort.signal),
    );
    return () => abort.abort();
  }

  /** Plays a side from where the other one is, or stops it. */
  async play(side: Side): Promise<void> {
    const row = side === 'a' ? this.a : this.b;
    if (row === null) return;
    const { side: current } = this;
    if (current === side && player.playing) {
      player.pause();
      return;
    }
    const length = player.sound?.durationSeconds ?? 0;
    // At its end a clip begins anew.
    const from = current === null || player.timeSeconds >= length - 0.02 ? 0 : player.timeSeconds;
    if (!(await player.load(row.clipId))) return;
    player.seek(from < (player.sound?.durationSeconds ?? 0) ? from : 0);
    await player.play();
  }

  async #find(
    runId: number,
    a: PredictionRow,
    ranked: readonly Neighbour<PredictionRow>[],
    signal: AbortSignal,
  ): Promise<void> {
    const tied = tiedNeighbours(ranked).slice(0, MOST_TIED);
    const first = tied[0];
    const byProbabilities = (): void => {
      if (first !== undefined)
        this.#settle({ neighbour: first, by: 'probabilities', distance: first.distance });
    };
    if (tied.length === 1) byProbabilities();
    try {
      const own = this.#ask(runId, a.clipId, signal);
      const [answer, ...others] = await Promise.all([
        own,
        ...tied.map(({ clip }) => this.#ask(runId, clip.clipId, signal)),
      ]);
      if (signal.aborted) return;
      if (tied.length > 1) {
        const distances = featureDistances(
          answer.features.values,
          others.map(({ features }) => features.values),
        );
        const distance = Math.min(...distances);
        this.#settle({ neighbour: tied[distances.indexOf(distance)]!, by: 'features', distance });
      }
    } catch (error) {
      this.#tell(error, signal);
      // A run without its models still has its answers.
      if (!signal.aborted && this.rival === null) byProbabilities();
    }
    if (!signal.aborted) this.looking = false;
  }

  #settle(rival: Rival): void {
    this.rival = rival;
    player.prefetch(rival.neighbour.clip.clipId);
  }

  async #ask(runId: number, clipId: number, signal: AbortSignal): Promise<Prediction> {
    const kept = this.#answers.get(clipId);
    if (kept !== undefined) return kept;
    const answer = await engine.client.predict.clip({ runId, clipId }, { signal });
    if (!signal.aborted) {
      const newest = [...this.#answers].slice(1 - KEPT_ANSWERS);
      this.#answers = new Map([...newest, [clipId, answer]]);
    }
    return answer;
  }

  #tell(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted && !isAbort(error) && !(error instanceof EngineLostError)) this.error = error;
  }
}

export const duel = new Duel();
