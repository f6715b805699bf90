// What a model thinks of a stretch of a stream as a whole.
import type { LiveRecording, LiveWindow } from '../../shared/contract/schemas.ts';

/** The best mean of the raw probabilities over all voiced windows; null where there is none. */
export function opinionOf(
  windows: readonly Pick<LiveWindow, 'raw'>[],
  labels: readonly string[],
): LiveRecording['opinion'] {
  const answers = windows.map(({ raw }) => raw).filter((raw) => raw !== null);
  if (answers.length === 0) return null;
  const means = labels.map((_, i) => answers.reduce((sum, raw) => sum + raw[i]!, 0) / answers.length);
  const best = means.indexOf(Math.max(...means));
  return { label: labels[best]!, probability: means[best]! };
}
