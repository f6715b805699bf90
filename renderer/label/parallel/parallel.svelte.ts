// Parallel utterances: which sentence is on screen, which clip the keys are on, and the pair that is compared.
import type { Clip, ParallelGrid, ParallelUtterance } from '../../../shared/contract/schemas.ts';
import { app } from '../../state/app.svelte.ts';
import { engine } from '../../state/engine.svelte.ts';
import { player } from '../../state/player.svelte.ts';
import { atPosition, cellsOf, type Cell } from './grid.ts';

export type Side = 'a' | 'b';

class Parallel {
  utterances = $state.raw<readonly ParallelUtterance[] | null>(null);
  grid = $state.raw<ParallelGrid | null>(null);
  error = $state.raw<unknown>(null);
  search = $state('');
  /** The cell that keys are on, by place; and which of its takes. */
  row = $state(0);
  column = $state(0);
  take = $state(0);
  /** The pair, whatever utterance its clips say. */
  a = $state.raw<Clip | null>(null);
  b = $state.raw<Clip | null>(null);
  #asked = 0;
  #corpusId: number | null = null;

  readonly found = $derived.by(() => {
    const words = this.search.trim().toLowerCase();
    return (this.utterances ?? []).filter(
      ({ utterance, text }) => words === '' || `${utterance} ${text ?? ''}`.toLowerCase().includes(words),
    );
  });
  readonly cells: ReadonlyMap<string, Cell> = $derived(this.grid ? cellsOf(this.grid) : new Map());
  readonly cell = $derived(this.cells.get(`${this.row} ${this.column}`));
  readonly clip = $derived(this.cell?.clips[this.take % this.cell.clips.length] ?? null);
  readonly at = $derived(this.found.findIndex(({ utterance }) => utterance === this.grid?.utterance));

  /** Keeps the lists current; call from a component's effect. */
  follow(): void {
    void app.revision;
    void engine.generation;
    const { corpusId } = app;
    if (corpusId !== null) void this.#load(corpusId);
  }

  async #load(corpusId: number): Promise<void> {
    if (corpusId !== this.#corpusId) {
      this.#corpusId = corpusId;
      this.utterances = this.grid = this.a = this.b = null;
      this.search = '';
    }
    try {
      const utterances = await engine.client.parallel.utterances({ corpusId });
      if (corpusId !== app.corpusId) return;
      this.utterances = utterances;
      this.error = null;
      const shown = this.grid?.utterance ?? utterances[0]?.utterance;
      if (shown !== undefined) await this.show(shown);
    } catch (error) {
      this.error = error;
    }
  }

  /** Shows an utterance's grid, the keys on the same place as before where there is one. */
  async show(utterance: string): Promise<void> {
    const { corpusId } = app;
    const asked = ++this.#asked;
    if (corpusId === null) return;
    try {
      const grid = await engine.client.parallel.grid({ corpusId, utterance });
      if (asked !== this.#asked) return;
      this.grid = grid;
      this.row = Math.min(this.row, grid.speakers.length - 1);
      this.column = Math.min(this.column, grid.labels.length - 1);
      this.error = null;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
  }

  /** To the next or previous utterance of the list. */
  step(by: number): void {
    const to = this.found[Math.max(0, Math.min(this.found.length - 1, this.at + by))];
    if (to) void this.show(to.utterance);
  }

  goTo(row: number, column: number): void {
    const grid = this.grid;
    if (!grid) return;
    this.row = Math.max(0, Math.min(grid.speakers.length - 1, row));
    this.column = Math.max(0, Math.min(grid.labels.length - 1, column));
    this.take = 0;
  }

  /** Plays the clip that keys are on, pauses it, or goes to its next take once it was heard. */
  async play(): Promise<void> {
    const { clip } = this;
    if (!clip) return;
    if (player.playing && player.clipId === clip.clipId) player.pause();
    else await player.playClip(clip.clipId);
  }

  /** Another take of the same speaker in the same emotion. */
  nextTake(): void {
    this.take = (this.take + 1) % Math.max(1, this.cell?.clips.length ?? 1);
  }

  set(side: Side, clip: Clip | null = this.clip): void {
    if (!clip) return;
    this[side] = clip;
    player.prefetch(clip.clipId);
  }

  /** Goes over to one of the pair at the same moment; what plays goes on playing there. */
  async hear(side: Side): Promise<void> {
    const clip = this[side];
    const other = this[side === 'a' ? 'b' : 'a'];
    if (!clip) return;
    const from = player.clipId === other?.clipId ? player.timeSeconds : 0;
    if (player.clipId === clip.clipId && player.playing) return;
    if (!(await player.load(clip.clipId))) return;
    player.seek(atPosition(from, clip.durationSeconds));
    await player.play();
  }
}

export const parallel = new Parallel();
