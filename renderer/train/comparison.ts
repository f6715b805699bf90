// A comparison of two runs in words. Pure.
import type { Comparison, RunDetail } from '../../shared/contract/schemas.ts';
import { diffRecipes, type RecipeDifference } from './recipe/diff.ts';
import { splitInWords } from './words.ts';

/** What of a run its result hangs on, besides corpus and backend. */
export type RunSettings = Pick<
  RunDetail,
  'recipeSpec' | 'splitSpec' | 'seed' | 'labelVersion' | 'keepFlagged'
>;

/** Settings in which two runs differ: the run's own, then the recipe's. @param corpusName of a corpus by its id */
export function diffRuns(
  a: RunSettings,
  b: RunSettings,
  corpusName: (corpusId: number) => string,
): RecipeDifference[] {
  const split = ({ splitSpec }: RunSettings): string =>
    splitInWords(
      splitSpec,
      splitSpec.name === 'cross-corpus' ? corpusName(splitSpec.testCorpusId) : undefined,
    );
  const own = [
    { what: 'Split', a: split(a), b: split(b) },
    { what: 'Seed', a: String(a.seed), b: String(b.seed) },
    { what: 'Labels', a: `v${a.labelVersion.version}`, b: `v${b.labelVersion.version}` },
    { what: 'Bad recordings', a: flagged(a), b: flagged(b) },
  ];
  return [...own.filter((setting) => setting.a !== setting.b), ...diffRecipes(a.recipeSpec, b.recipeSpec)];
}

const flagged = ({ keepFlagged }: RunSettings): string => (keepFlagged ? 'used as any other' : 'left out');

/** "+0.042", "−0.010", "0.000"; a dash where there is none. */
export function formatSigned(value: number | null): string {
  if (value === null) return '–';
  const text = Math.abs(value).toFixed(3);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** "p = 0.031", "p < 0.001"; never broken over two lines. */
export function pInWords(p: number): string {
  return p < 0.001 ? 'p\u00a0<\u00a00.001' : `p\u00a0=\u00a0${p.toFixed(3)}`;
}

/** Whether one run is better, and whether that could be chance: by the interval of the difference, where there is one. */
export function differenceInWords({ a, b, uar, mcnemar }: Comparison): string {
  const { value, interval } = uar.difference;
  if (value === null) return 'The difference of UAR cannot be told.';
  if (Number(value.toFixed(3)) === 0) return 'Both runs have the same UAR.';
  const [better, worse] = value > 0 ? [b, a] : [a, b];
  const head = `Run ${better} has a UAR ${Math.abs(value).toFixed(3)} above run ${worse}’s`;
  if (interval !== null) {
    const apart = interval[0] > 0 || interval[1] < 0;
    return apart
      ? `${head}: more than chance between speakers explains.`
      : `${head}: chance between speakers can explain it.`;
  }
  // Clips of one speaker are alike: without an interval by speaker no more can be said than of these very clips.
  return mcnemar.pValue < 0.05
    ? `${head}; on these clips that is hardly chance, for other speakers it says nothing.`
    : `${head}: chance can explain it.`;
}
