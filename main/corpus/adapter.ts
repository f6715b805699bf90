// What an adapter is: it reads speaker, sentence, take and emotion from where a corpus keeps them.
import type { AdapterName } from '../../shared/contract/schemas.ts';
import type { ClipFacts } from '../store/indexing.ts';

/** Either what a path says, or why it does not fit, as a clause about the file. */
export type Reading = { readonly facts: ClipFacts } | { readonly misfit: string };

export interface Adapter {
  readonly name: AdapterName;
  /** @param path relative to the corpus folder, with forward slashes */
  read(path: string): Reading;
}

export const NO_FACTS: ClipFacts = {
  speaker: null,
  sex: null,
  utterance: null,
  text: null,
  take: null,
  label: null,
};

/** How many of the paths an adapter can read. */
export function countFitting(adapter: Adapter, paths: readonly string[]): number {
  return paths.reduce((count, path) => count + ('facts' in adapter.read(path) ? 1 : 0), 0);
}

/** The last part of a path, composed, without its extension. */
export function stemOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .normalize('NFC')
    .replace(/\.[^.]*$/, '');
}
