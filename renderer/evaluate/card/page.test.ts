// The page says what the card says, and nothing in a card can become markup.
import { describe, expect, it } from 'vitest';
import type { ProtocolCard } from '../../../shared/contract/schemas.ts';
import { CLASSIC_RECIPE } from '../../../shared/recipe/recipe.ts';
import { splitByName } from '../../../shared/protocol/split.ts';
import { cardPage } from './page.ts';

const CARD: ProtocolCard = {
  format: 'pathos-protocol-card',
  formatVersion: 1,
  name: '',
  createdAt: '2026-03-01T10:00:00.000Z',
  state: 'done',
  corpus: { name: 'Mine <b>', synthetic: false, clips: 40, hash: 'c0ffee' },
  testCorpus: null,
  labels: ['anger', 'sad & tired'],
  labelVersion: { version: 3, hash: 'abc' },
  recipe: CLASSIC_RECIPE,
  split: splitByName('random'),
  seed: 7,
  keepFlagged: false,
  backend: 'wasm',
  path: 'fused step',
  threads: 1,
  versions: { studio: '1.0.0', node: '24.0.0', platform: 'linux x64' },
  protocol: 'One fold of 8 clips was scored.',
  leakage: {
    testClips: 8,
    testSpeakers: 2,
    sharedSpeakers: 2,
    speakerClips: 8,
    takeClips: 0,
    duplicateClips: 1,
  },
  figures: {
    clips: 8,
    speakers: 2,
    foldsDone: 1,
    uar: 0.625,
    uarInterval: null,
    accuracy: 0.5,
    accuracyInterval: [0.25, 0.75],
    macroF1: 0.4,
    ece: 0.1,
    confusion: [
      [3, 1],
      [2, 2],
    ],
  },
};

describe('the protocol card as a page', () => {
  it('gives every score its interval, or says that there is none', () => {
    const page = cardPage(CARD);
    expect(page).toContain('<b>0.625</b><span class="faint">95 % not estimable</span>');
    expect(page).toContain('<b>0.500</b><span class="faint">95 % 0.250 – 0.750</span>');
  });
  it('says what the split overstates and what leaked', () => {
    const page = cardPage(CARD);
    expect(page).toContain('it overstates what an unheard speaker gets');
    expect(page).toContain('Of 8 test clips, 8 by a speaker, 1 with content that was trained on');
  });
  it('says the split as it was set', () => {
    expect(cardPage(CARD)).toContain('Random 80 / 20. A random part');
    expect(cardPage({ ...CARD, split: { name: 'random', share: 0.5 } })).toContain(
      'Random 50 / 50. A random',
    );
  });
  it('warns of a run that is not done and of synthetic speech', () => {
    const page = cardPage({ ...CARD, state: 'cancelled', corpus: { ...CARD.corpus, synthetic: true } });
    expect(page).toContain('The run is cancelled');
    expect(page).toContain('no person spoke it');
  });
  it('lets no name become markup', () => {
    const page = cardPage({ ...CARD, name: '<script>alert(1)</script>' });
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('sad &amp; tired');
    expect(page).toContain('Mine &lt;b&gt;');
  });
});
