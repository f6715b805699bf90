// The label set that the open corpus is labelled with: its labels, how they look, and which key sets each.
import type { LabelSet, LabelSetInput } from '../../shared/contract/schemas.ts';
import { labelStyles } from '../ui/labels.svelte.ts';
import { app } from './app.svelte.ts';
import { engine } from './engine.svelte.ts';
import { cameUnlabelled, keyedLabels, keyLabels } from './labelKeys.ts';

class LabelSets {
  /** The corpus's set; null before it is there. */
  current = $state.raw<LabelSet | null>(null);
  /** Every saved set of the workspace. */
  all = $state.raw<readonly LabelSet[]>([]);
  error = $state.raw<unknown>(null);
  #unlabelled = $state(false);
  /** The corpus that all of this was asked for. */
  #corpusId = $state<number | null>(null);
  #asked = 0;

  /** Labels in the order of the set, each with its key; null: it has none. */
  readonly keyed = $derived.by(() => {
    // Keys of one corpus's set label nothing of the next.
    if (this.#corpusId !== app.corpusId) return [];
    const corpusLabels = app.corpus?.labels.map(({ label }) => label) ?? [];
    const set = this.current;
    if (set && set.labelSetId !== null) return keyedLabels(set.items);
    return keyedLabels(keyLabels(corpusLabels, this.#unlabelled).map((label) => ({ label, key: null })));
  });
  readonly labels = $derived(this.keyed.map(({ label }) => label));

  /** The saved set that a corpus is labelled with; one that says nothing where there is none. */
  of(corpusId: number | null): Pick<LabelSet, 'items' | 'mapping'> {
    const saved = this.all.find(({ corpusIds }) => corpusId !== null && corpusIds.includes(corpusId));
    return saved ?? { items: [], mapping: [] };
  }

  /** Follows the open corpus and what other windows change. */
  start(): void {
    engine.onNotice((notice) => {
      if (notice.type === 'ledger' && notice.what === 'label-sets') void this.#load();
    });
    $effect.root(() => {
      $effect(() => {
        void app.corpusId;
        if (engine.generation > 0) void this.#load();
      });
      $effect(() => {
        const items = this.current?.items ?? [];
        const shown = app.everywhere ? app.openCorpora : app.corpus ? [app.corpus] : [];
        const labels = shown.flatMap((corpus) => corpus.labels.map(({ label }) => label));
        labelStyles.use([...this.labels, ...labels], items);
      });
    });
  }

  /** Makes a set, or changes one, and labels the open corpus with it. Rejects where the engine does. */
  async save(labelSetId: number | null, input: LabelSetInput): Promise<void> {
    const { corpusId } = app;
    const saved = await engine.client.labelSets.save({ ...input, labelSetId });
    if (corpusId !== null) await this.choose(saved.labelSetId);
  }

  /** Labels the open corpus with a set; null: with the labels it has. */
  async choose(labelSetId: number | null): Promise<void> {
    const { corpusId } = app;
    if (corpusId === null) return;
    await engine.client.labelSets.choose({ corpusId, labelSetId });
    await this.#load();
  }

  /**
   * Takes a saved set away: corpora that are labelled with it go back to the labels they have. Returns what brings it
   * back, and to them. Rejects where the engine does.
   */
  async remove({ labelSetId, corpusIds, ...input }: LabelSet): Promise<() => Promise<void>> {
    if (labelSetId === null) throw new RangeError('the set is not saved');
    await engine.client.labelSets.remove({ labelSetId });
    await this.#load();
    return async () => {
      const saved = await engine.client.labelSets.save({ ...input, labelSetId: null });
      for (const corpusId of corpusIds)
        await engine.client.labelSets.choose({ corpusId, labelSetId: saved.labelSetId });
      await this.#load();
    };
  }

  async #load(): Promise<void> {
    const { corpusId } = app;
    const asked = ++this.#asked;
    if (corpusId === null) return;
    try {
      const [current, all, unlabelled] = await Promise.all([
        engine.client.labelSets.ofCorpus({ corpusId }),
        engine.client.labelSets.list(),
        cameUnlabelled(engine.client, corpusId),
      ]);
      if (asked !== this.#asked) return;
      this.#corpusId = corpusId;
      this.current = current;
      this.all = all;
      this.#unlabelled = unlabelled;
      this.error = null;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    }
  }
}

export const labelSets = new LabelSets();
