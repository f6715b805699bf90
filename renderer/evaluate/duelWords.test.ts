// Tests of a duel's words.
import { expect, it } from 'vitest';
import { rivalInWords } from './duelWords.ts';

it('says what the two share and what the nearness is of', () => {
  expect(
    rivalInWords('sadness', { kinship: 'speaker and sentence', by: 'probabilities', distance: 0.183 }),
  ).toBe(
    'Nearest clip that was rightly called sadness: same speaker, same sentence; distance 0.18 by the model’s probabilities.',
  );
  expect(rivalInWords('fear', { kinship: 'none', by: 'features', distance: 1 })).toContain('by features');
});
