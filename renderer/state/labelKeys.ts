// The labels that have a key: the corpus's own, or the emotions there are where it came without any.
import type { Crosstab } from '../../shared/contract/schemas.ts';
import { EMOTIONS, orderLabels } from '../../shared/labels/emotions.ts';
import type { EngineClient } from './engine.svelte.ts';

const LOOKED_AT = 200;

/**
 * Labels in the order of their keys.
 * @param labels the corpus's label set now
 * @param unlabelled whether the corpus came without labels: the first ones set do not take the other emotions away
 */
export function keyLabels(labels: readonly string[], unlabelled: boolean): readonly string[] {
  return unlabelled || labels.length === 0 ? orderLabels([...EMOTIONS, ...labels]) : labels;
}

/** A label and the key that sets it: one character, or null. */
export interface KeyedLabel {
  label: string;
  key: string | null;
}

/** Number keys there are, 0 being "unsure". */
const MOST_NUMBER_KEYS = 9;

/** Labels with their keys: those of the set where it names any, else the numbers in its order. */
export function keyedLabels(items: readonly KeyedLabel[]): KeyedLabel[] {
  const named = items.some(({ key }) => key !== null);
  return items.map(({ label, key }, i) => {
    const number = i < MOST_NUMBER_KEYS ? String(i + 1) : null;
    return { label, key: named ? (key?.toUpperCase() ?? null) : number };
  });
}

const counted = ({ counts }: Crosstab) => counts.flat().reduce((sum, count) => sum + count, 0);

/** Whether a corpus came without any label, whatever raters have set since. */
export async function cameUnlabelled(client: EngineClient, corpusId: number): Promise<boolean> {
  const untouched = await client.corpora.crosstab({ corpusId, filter: { rated: false } });
  if (counted(untouched) > 0) return false;
  const decided = await client.clips.page({ corpusId, filter: { rated: true }, offset: 0, limit: LOOKED_AT });
  return decided.clips.every(({ importedLabel }) => importedLabel === null);
}
