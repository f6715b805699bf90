// From which probability on an answer is worth giving: taken from a run's predictions on clips it did not train on.
import type { UnsureThreshold } from '../../shared/contract/schemas.ts';

/** Three of four answers ought to be right. */
const RIGHT_SHARE = 0.75;
/** A threshold that silences more than this is no use in front of people. */
const LEAST_ANSWERED = 0.5;
/** From fewer predictions nothing can be said. */
const FEWEST_CLIPS = 20;
/** Where nothing can be said: an even chance. */
const GUESS = 0.5;

export interface HeldOut {
  /** Best probability of the clip. */
  readonly confidence: number;
  readonly right: boolean;
}

/**
 * The lowest threshold above which three answers of four are right on held-out clips; where there is none that leaves
 * half of them an answer, the one among those that is right most often. Clip by clip: windows of a
 * stream are harder, so it is a lower bound of the care that is due.
 */
export function unsureThreshold(heldOut: readonly HeldOut[]): UnsureThreshold {
  const sorted = [...heldOut].sort((a, b) => b.confidence - a.confidence);
  const clips = sorted.length;
  if (clips < FEWEST_CLIPS) return { value: GUESS, clips, ...outcome(sorted, GUESS) };
  let right = 0;
  let kept: { value: number; answered: number; right: number } | null = null;
  for (const [i, clip] of sorted.entries()) {
    right += Number(clip.right);
    // Clips of equal confidence are answered together.
    if (sorted[i + 1]?.confidence === clip.confidence) continue;
    const candidate = { value: clip.confidence, answered: (i + 1) / clips, right: right / (i + 1) };
    if (candidate.answered < LEAST_ANSWERED) continue;
    const enough = candidate.right >= RIGHT_SHARE;
    const better = kept === null || (kept.right < RIGHT_SHARE && candidate.right > kept.right);
    if (enough || better) kept = candidate;
  }
  const value = Math.min(1, Math.floor(kept!.value * 100) / 100);
  return { value, clips, ...outcome(sorted, value) };
}

function outcome(sorted: readonly HeldOut[], value: number): Pick<UnsureThreshold, 'answered' | 'right'> {
  const answered = sorted.filter(({ confidence }) => confidence >= value);
  const right = answered.filter((clip) => clip.right).length;
  return {
    answered: sorted.length === 0 ? 0 : answered.length / sorted.length,
    right: answered.length === 0 ? null : right / answered.length,
  };
}
