// Why a clip stands beside another one, in words.
import type { Kinship } from '../../shared/metrics/neighbours.ts';

const SHARED: Readonly<Record<Kinship, string>> = {
  'speaker and sentence': 'same speaker, same sentence',
  sentence: 'same sentence, another speaker',
  speaker: 'same speaker, another sentence',
  none: 'another speaker and another sentence, for no other was recognised',
};

/** "Nearest clip that was rightly called sadness: same speaker, same sentence; distance 0.18 by the model's probabilities." */
export function rivalInWords(
  labelName: string,
  { kinship, by, distance }: { kinship: Kinship; by: 'probabilities' | 'features'; distance: number },
): string {
  const how =
    by === 'probabilities'
      ? 'by the model’s probabilities'
      : 'by features, for the probabilities of several are alike';
  return `Nearest clip that was rightly called ${labelName}: ${SHARED[kinship]}; distance ${distance.toFixed(2)} ${how}.`;
}
