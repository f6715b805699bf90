// What a model thinks of a stretch of a stream as a whole.
import type { LiveOpinion, LiveWindow } from '../../shared/contract/schemas.ts';

/** The best mean of the raw probabilities over all voiced windows; null where there is none. */
export function opinionOf(
  windows: readonly Pick<LiveWindow, 'raw'>[],
  labels: readonly string[],
): LiveOpinion | null {
  const answers = windows.map(({ raw }) => raw).filter((raw) => raw !== null);
  if (answers.length === 0) return null;
  const probabilities = labels.map((_, i) => answers.reduce((sum, raw) => sum + raw[i]!, 0) / answers.length);
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { label: labels[best]!, probability: probabilities[best]!, probabilities };
}
