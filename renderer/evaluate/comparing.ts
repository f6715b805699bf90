// What changed from one run to another, clip by clip and in words.
import type { ChangedClip, Comparison } from '../../shared/contract/schemas.ts';
import { plural } from '../ui/format.ts';

export type Change = 'all' | 'gained' | 'lost' | 'other';

/** Right now and wrong before, the other way round, or wrong in another way. */
export function changeOf({ label, a, b }: Pick<ChangedClip, 'label' | 'a' | 'b'>): Exclude<Change, 'all'> {
  if (b === label) return 'gained';
  return a === label ? 'lost' : 'other';
}

export function filterChanges(changed: readonly ChangedClip[], show: Change): readonly ChangedClip[] {
  return show === 'all' ? changed : changed.filter((clip) => changeOf(clip) === show);
}

/** What stands in the way of comparing all clips, as a sentence; empty where nothing does. */
export function leftOut({ relabelled, onlyA, onlyB, a, b }: Comparison): string {
  const parts = [
    relabelled > 0 && `${plural(relabelled, 'clip')} relabelled between them`,
    onlyA > 0 && `${plural(onlyA, 'clip')} that only run ${a} scored`,
    onlyB > 0 && `${plural(onlyB, 'clip')} that only run ${b} scored`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? '' : `Left out: ${parts.join(', ')}.`;
}

/** What McNemar's test says at 5 %, as a sentence. */
export function testInWords({ a, b, mcnemar }: Pick<Comparison, 'a' | 'b' | 'mcnemar'>): string {
  const { onlyARight, onlyBRight, pValue } = mcnemar;
  if (onlyARight + onlyBRight === 0) return 'No clip tells them apart.';
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const counts = `${plural(onlyBRight, 'clip')} right in run ${b} alone, ${onlyARight} in run ${a} alone`;
  const verdict =
    pValue < 0.05
      ? `run ${onlyBRight > onlyARight ? b : a} is right on more of them than chance explains`
      : 'chance alone explains as much';
  return `${counts}: ${verdict} (McNemar’s exact test, ${p}).`;
}
