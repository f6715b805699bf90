// Whether two classifiers differ on the same clips.
/**
 * McNemar's exact test (McNemar 1947): under the null hypothesis, of the clips that one alone gets right each falls to
 * either by a fair coin. p = min(1, 2 P(X <= min(b, c))), X ~ Binomial(b + c, 1/2), as scipy.stats.binomtest(b, b + c)
 * and statsmodels' mcnemar(exact=True).
 * @param onlyA clips that the first alone gets right
 * @param onlyB clips that the second alone gets right
 * @returns the two-sided p-value, 0..1; 1 where no clip tells them apart
 */
export function mcnemarExact(onlyA: number, onlyB: number): number {
  const trials = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  if (trials === 0) return 1;
  // In units of the greatest term, P(X = fewer), so that nothing underflows before the end.
  let tail = 1;
  let term = 1;
  for (let k = fewer; k > 0; k--) {
    term *= k / (trials - k + 1);
    tail += term;
    if (term < Number.EPSILON * tail) break;
  }
  let logTerm = -trials * Math.LN2;
  for (let k = 1; k <= fewer; k++) logTerm += Math.log((trials - fewer + k) / k);
  return Math.min(1, 2 * tail * Math.exp(logTerm));
}
