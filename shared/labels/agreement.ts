// Agreement between raters: Cohen's kappa, Fleiss' kappa, Krippendorff's alpha. Nominal: labels are equal or they are not.

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** 1 - observed / expected disagreement; null where no disagreement could be expected (one label alone, or no items). */
function chanceCorrected(observed: number, expected: number): number | null {
  return expected > 0 ? 1 - observed / expected : null;
}

/**
 * Share of items on which two raters agree, 0..1; null without items.
 * @param counts labels x labels: how often the first rater said the row's label and the second the column's
 */
export function observedAgreement(counts: readonly (readonly number[])[]): number | null {
  const items = sum(counts.map(sum));
  return items === 0 ? null : sum(counts.map((row, i) => row[i]!)) / items;
}

/**
 * Cohen's kappa of two raters, unweighted (Cohen 1960, A coefficient of agreement for nominal scales;
 * sklearn.metrics.cohen_kappa_score). At most 1; 0: as by chance.
 * @param counts as observedAgreement has them
 * @returns null without items, and where both raters gave one and the same label only
 */
export function cohensKappa(counts: readonly (readonly number[])[]): number | null {
  const items = sum(counts.map(sum));
  if (items === 0) return null;
  const columns = counts.map((_, j) => sum(counts.map((row) => row[j]!)));
  const expected = sum(counts.map((row, i) => sum(row) * columns[i]!)) / items ** 2;
  const observed = sum(counts.map((row, i) => row[i]!)) / items;
  return chanceCorrected(1 - observed, 1 - expected);
}

/**
 * Fleiss' kappa of the same number of raters on every item (Fleiss 1971, Measuring nominal scale agreement among many
 * raters; statsmodels.stats.inter_rater.fleiss_kappa).
 * @param ratings items x labels: how many raters gave the item that label
 * @returns null without items, with fewer than two raters, and where only one label was ever given
 * @throws RangeError where items have unequal numbers of ratings
 */
export function fleissKappa(ratings: readonly (readonly number[])[]): number | null {
  const raters = sum(ratings[0] ?? []);
  if (raters < 2) return null;
  if (ratings.some((row) => sum(row) !== raters))
    throw new RangeError('items have unequal numbers of ratings');
  const totals = ratings[0]!.map((_, label) => sum(ratings.map((row) => row[label]!)));
  const all = ratings.length * raters;
  const observed = sum(ratings.map((row) => disagreeingPairs(row))) / (all * (raters - 1));
  return chanceCorrected(observed, disagreeingPairs(totals) / all ** 2);
}

/**
 * Krippendorff's alpha for nominal data with any number of ratings an item (Krippendorff 2011, Computing
 * Krippendorff's Alpha-Reliability; krippendorff.alpha with level_of_measurement="nominal").
 * @param ratings items x labels: how many raters gave the item that label; items with fewer than two are left out
 * @returns null where no item has two ratings, and where only one label was given
 */
export function krippendorffsAlpha(ratings: readonly (readonly number[])[]): number | null {
  const pairable = ratings.filter((row) => sum(row) >= 2);
  const values = sum(pairable.map(sum));
  if (values === 0) return null;
  const totals = pairable[0]!.map((_, label) => sum(pairable.map((row) => row[label]!)));
  const observed = sum(pairable.map((row) => disagreeingPairs(row) / (sum(row) - 1))) / values;
  return chanceCorrected(observed, disagreeingPairs(totals) / (values * (values - 1)));
}

/** Ordered pairs of ratings with different labels, from how often each label was given. */
function disagreeingPairs(counts: readonly number[]): number {
  const all = sum(counts);
  return sum(counts.map((count) => count * (all - count)));
}

/** The label given more often than any other; null where there is none, or where the first place is shared. */
export function majority(labels: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : null;
}
