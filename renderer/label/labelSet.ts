// The labels that have a key: the corpus's own, or the emotions there are where it came without any.
import type { Crosstab } from '../../shared/contract/schemas.ts';
import { EMOTIONS, orderLabels } from '../../shared/labels/emotions.ts';
import type { EngineClient } from '../state/engine.svelte.ts';

const LOOKED_AT = 200;

/**
 * Labels in the order of their keys.
 * @param labels the corpus's label set now
 * @param unlabelled whether the corpus came without labels: the first ones set do not take the other emotions away
 */
export function keyLabels(labels: readonly string[], unlabelled: boolean): readonly string[] {
  return unlabelled || labels.length === 0 ? orderLabels([...EMOTIONS, ...labels]) : labels;
}

const counted = ({ counts }: Crosstab) => counts.flat().reduce((sum, count) => sum + count, 0);

/** Whether a corpus came without any label, whatever raters have set since. */
export async function cameUnlabelled(client: EngineClient, corpusId: number): Promise<boolean> {
  const untouched = await client.corpora.crosstab({ corpusId, filter: { rated: false } });
  if (counted(untouched) > 0) return false;
  const decided = await client.clips.page({ corpusId, filter: { rated: true }, offset: 0, limit: LOOKED_AT });
  return decided.clips.every(({ importedLabel }) => importedLabel === null);
}
