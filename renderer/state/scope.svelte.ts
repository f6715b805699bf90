// What the list of clips is of: the open corpus, or all open ones seen together, their labels under the names they share.
import type { ClipFilter, CorpusSummary } from '../../shared/contract/schemas.ts';
import { orderLabels } from '../../shared/labels/emotions.ts';
import { agreedLabels } from '../../shared/labels/mapping.ts';
import { app } from './app.svelte.ts';
import type { Filter } from './filter.ts';
import { labelSets } from './labelSets.svelte.ts';

class Scope {
  /** Whether all open corpora are seen together: where there are two or more. */
  readonly everywhere = $derived(app.everywhere && app.openCorpora.length > 1);
  /** By name where there are several. */
  readonly corpora = $derived.by((): readonly CorpusSummary[] => {
    if (!this.everywhere) return app.corpus ? [app.corpus] : [];
    return [...app.openCorpora].sort((a, b) => (a.name < b.name ? -1 : 1));
  });
  readonly speakers = $derived(this.corpora.flatMap(({ speakers }) => speakers));
  readonly clips = $derived(this.#sum(({ clips }) => clips));
  readonly defects = $derived(this.#sum(({ defects }) => defects));
  readonly unlabelled = $derived(this.#sum(({ unlabelled }) => unlabelled));
  readonly durationSeconds = $derived(this.#sum(({ durationSeconds }) => durationSeconds));
  readonly #written = $derived(this.corpora.flatMap(({ labels }) => labels.map(({ label }) => label)));
  readonly #agreed = $derived(
    agreedLabels(
      this.everywhere ? this.corpora.map(({ corpusId }) => labelSets.of(corpusId)) : [],
      this.#written,
    ),
  );
  /** In order, under the names they share. */
  readonly labels = $derived(
    this.everywhere ? orderLabels(this.#written.map((label) => this.#agreed(label))) : this.#written,
  );

  /** What a corpus's label is called here. */
  nameOf(label: string | null): string | null {
    return label === null ? null : this.#agreed(label);
  }

  corpusOf(corpusId: number): CorpusSummary | undefined {
    return app.corpora.find((corpus) => corpus.corpusId === corpusId);
  }

  /** What the engine is asked for a list under a filter; null where no corpus is open. */
  query(filter: Filter): { corpusId: number | number[]; filter: ClipFilter } | null {
    const asked = this.corporaUnder(filter).map(({ corpusId }) => corpusId);
    const [first] = asked;
    if (first === undefined) return null;
    return { corpusId: asked.length === 1 ? first : asked, filter: this.written(filter) };
  }

  /** Corpora that a filter leaves. */
  corporaUnder({ corpora }: Filter): readonly CorpusSummary[] {
    const left = this.corpora.filter(({ corpusId }) => corpora.includes(corpusId));
    return left.length > 0 ? left : this.corpora;
  }

  /** A filter with labels as the corpora write them. */
  written({ corpora: _, ...filter }: Filter): ClipFilter {
    const labels = filter.labels.flatMap((name) => {
      const all = this.#written.filter((label) => name !== null && this.#agreed(label) === name);
      return all.length > 0 ? all : [name];
    });
    return { ...filter, labels: [...new Set(labels)] };
  }

  #sum(of: (corpus: CorpusSummary) => number): number {
    return this.corpora.reduce((sum, corpus) => sum + of(corpus), 0);
  }
}

export const scope = new Scope();
