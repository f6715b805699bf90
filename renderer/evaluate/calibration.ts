// Whether a model is as right as it is sure, in words.
import type { Scores } from '../../shared/contract/schemas.ts';

/** "Surer than it is right: mean probability 0.81, accuracy 0.62." Empty without clips. */
export function calibrationInWords({
  reliability,
  accuracy,
}: Pick<Scores, 'reliability' | 'accuracy'>): string {
  const clips = reliability.reduce((sum, bin) => sum + bin.clips, 0);
  if (clips === 0 || accuracy.value === null) return '';
  const sure = reliability.reduce((sum, bin) => sum + bin.clips * (bin.confidence ?? 0), 0) / clips;
  const figures = `mean probability ${sure.toFixed(2)}, accuracy ${accuracy.value.toFixed(2)}`;
  const gap = sure - accuracy.value;
  if (Math.abs(gap) < 0.02) return `About as right as it is sure: ${figures}.`;
  return `${gap > 0 ? 'Surer than it is right' : 'More often right than it is sure'}: ${figures}.`;
}
