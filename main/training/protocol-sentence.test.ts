// Tests of the protocol in words: it claims what was scored, not what was planned.
import { describe, expect, it } from 'vitest';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { describeProtocol, type ProtocolFacts } from './protocol-sentence.ts';

const loso: ProtocolFacts = {
  split: { name: 'loso' },
  folds: 10,
  clips: 535,
  leakage: { testSpeakers: 10, sharedSpeakers: 0, takeClips: 0, duplicateClips: 0 },
  duplicatesLeftOut: 0,
  labelVersion: { version: 9, hash: 'a' },
  recipe: 'classic',
  training: CLASSIC_RECIPE.training,
  seed: 1,
  epochs: 4,
  ended: true,
  scored: { clips: 535, speakers: 10, epochs: [4, 4] },
};

describe('describeProtocol', () => {
  it('speaks of every speaker where every one was scored', () => {
    expect(describeProtocol(loso)).toBe(
      'Each of 10 speakers scored by a model trained on the other 9. 535 clips, labels v9, classic recipe, ' +
        'seed 1, 4 epochs. Interval: 95 %, 2,000 bootstraps by speaker.',
    );
  });

  it('counts the clips of two corpora apart', () => {
    const cross: ProtocolFacts = {
      ...loso,
      split: { name: 'cross-corpus', testCorpusId: 2, labelMap: {} },
      folds: 1,
      clips: 1148,
      sides: { trained: { corpus: 'EMO-DB', clips: 535 }, tested: { corpus: 'nEMO', clips: 613 } },
      scored: { clips: 613, speakers: 9, epochs: [4, 4] },
    };
    expect(describeProtocol(cross)).toBe(
      'Another corpus scored by a model that heard nothing of it. Trained on 535 clips of EMO-DB, tested on ' +
        '613 clips of nEMO, labels v9, classic recipe, seed 1, 4 epochs. Interval: 95 %, 2,000 bootstraps by speaker.',
    );
    expect(describeProtocol({ ...cross, scored: { ...cross.scored!, clips: 600 } })).toContain(
      'tested on 613 clips of nEMO, 600 of them scored, labels v9',
    );
  });

  it('speaks of the plan until something is scored', () => {
    expect(describeProtocol({ ...loso, ended: false, scored: null })).toBe(describeProtocol(loso));
  });

  it('counts the speakers and clips of the folds that were scored', () => {
    expect(describeProtocol({ ...loso, scored: { clips: 188, speakers: 4, epochs: [4, 4] } })).toBe(
      '4 of 10 speakers scored, each by a model trained on the other 9. 188 of 535 clips scored, labels v9, ' +
        'classic recipe, seed 1, 4 epochs. Interval: 95 %, 2,000 bootstraps by speaker.',
    );
    expect(describeProtocol({ ...loso, scored: { clips: 90, speakers: 2, epochs: [1, 3] } })).toBe(
      '2 of 10 speakers scored, each by a model trained on the other 9. 90 of 535 clips scored, labels v9, ' +
        'classic recipe, seed 1, stopped after 1 to 3 of 4 epochs. Interval: not estimable with fewer than 3 ' +
        'test speakers.',
    );
  });

  it('claims no score where there is none', () => {
    expect(describeProtocol({ ...loso, scored: null })).toBe(
      'Nothing was scored. 535 clips, labels v9, classic recipe, seed 1, 4 epochs.',
    );
  });

  it('tells how much a random split tested, and what it overstates', () => {
    expect(
      describeProtocol({
        ...loso,
        split: { name: 'random', share: 0.2 },
        leakage: { ...loso.leakage, sharedSpeakers: 10 },
        scored: { clips: 107, speakers: 10, epochs: [2, 2] },
      }),
    ).toBe(
      'A random fifth of the clips, each label by its share, scored by a model trained on the rest: same voices ' +
        'in both parts, so it reads high. 107 of 535 clips scored, labels v9, classic recipe, seed 1, stopped ' +
        'after 2 of 4 epochs. Interval: 95 %, 2,000 bootstraps by speaker.',
    );
  });
});
