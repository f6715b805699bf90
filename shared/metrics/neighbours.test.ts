// Tests of the choice of a confused clip's recognised neighbour.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  correctNeighbours,
  featureDistances,
  hellinger,
  kinshipOf,
  tiedNeighbours,
  type HeardClip,
} from './neighbours.ts';

let nextId = 1;
function clip(changes: Partial<HeardClip> = {}): HeardClip {
  return {
    clipId: nextId++,
    speaker: '1',
    utterance: 'a01',
    label: 'sadness',
    predicted: 'sadness',
    probabilities: [0.1, 0.9],
    ...changes,
  };
}
/** Fear that was heard as sadness. */
const confused = clip({ label: 'fear', probabilities: [0.4, 0.6] });
const idsOf = (found: readonly { clip: HeardClip }[]): number[] => found.map((one) => one.clip.clipId);

describe('hellinger', () => {
  it('is 0 for equal and 1 for disjoint distributions', () => {
    expect(hellinger([0.25, 0.75], [0.25, 0.75])).toBeCloseTo(0, 7);
    expect(hellinger([1, 0], [0, 1])).toBe(1);
    // By hand: sqrt(1 - sqrt(0.5)).
    expect(hellinger([1, 0], [0.5, 0.5])).toBeCloseTo(0.5411961, 6);
  });
});

describe('correctNeighbours', () => {
  it('takes recognised clips of the label alone, and never the clip itself', () => {
    const right = clip();
    const wrong = clip({ predicted: 'fear' });
    const another = clip({ label: 'fear', predicted: 'fear' });
    expect(idsOf(correctNeighbours(confused, [wrong, another, confused, right], 'sadness'))).toEqual([
      right.clipId,
    ]);
    expect(correctNeighbours(right, [right], 'sadness')).toEqual([]);
  });

  it('puts one voice in one sentence first, then what shares one of the two, by distance', () => {
    const both = clip({ probabilities: [0, 1] });
    const sentence = clip({ speaker: '2', probabilities: [0.3, 0.7] });
    const speaker = clip({ utterance: 'b', probabilities: [0.39, 0.61] });
    const stranger = clip({ speaker: '2', utterance: 'b', probabilities: [0.4, 0.6] });
    const found = correctNeighbours(confused, [stranger, sentence, both, speaker], 'sadness');
    expect(idsOf(found)).toEqual([both.clipId, speaker.clipId, sentence.clipId]);
    expect(found.map(({ kinship }) => kinship)).toEqual(['speaker and sentence', 'speaker', 'sentence']);
  });

  it('falls back on strangers, and says so; what is not known is not shared', () => {
    const stranger = clip({ speaker: null, utterance: null });
    const nameless = { ...confused, speaker: null, utterance: null };
    expect(correctNeighbours(nameless, [stranger], 'sadness')).toMatchObject([{ kinship: 'none' }]);
    expect(kinshipOf(nameless, stranger)).toBe('none');
  });

  it('is in no better order than it says, whatever the clips', () => {
    const any = fc.record({
      speaker: fc.constantFrom('1', '2', null),
      utterance: fc.constantFrom('a01', 'b01', null),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (others) => {
        const clips = others.map(({ share, ...rest }) =>
          clip({ ...rest, probabilities: [share, 1 - share] }),
        );
        const found = correctNeighbours(confused, clips, 'sadness');
        const kin = clips.filter((one) => kinshipOf(confused, one) !== 'none');
        expect(found).toHaveLength(kin.length > 0 ? kin.length : clips.length);
        for (const [i, one] of found.slice(1).entries()) {
          const before = found[i]!;
          const promoted = before.kinship === 'speaker and sentence' && one.kinship !== before.kinship;
          expect(promoted || before.distance <= one.distance).toBe(true);
        }
      }),
    );
  });
});

describe('tiedNeighbours', () => {
  it('are as near as the nearest, and as close kin', () => {
    const sure = { probabilities: [0.001, 0.999] };
    const [a, b] = [clip(sure), clip({ probabilities: [0.0012, 0.9988] })];
    const far = clip({ probabilities: [0.9, 0.1] });
    const less = clip({ ...sure, speaker: '2' });
    const ranked = correctNeighbours({ ...confused, ...sure }, [far, b, less, a], 'sadness');
    expect(idsOf(tiedNeighbours(ranked))).toEqual([a.clipId, b.clipId]);
    expect(tiedNeighbours([])).toEqual([]);
  });
});

describe('featureDistances', () => {
  it('is nought for the same sound and greater the further away, whatever the length or the unit', () => {
    const rows = (level: number, frames: number): number[][] =>
      Array.from({ length: frames }, (_, i) => [1000 * (level + (i % 2)), 0.001 * level]);
    const [same, near, far] = featureDistances(rows(1, 10), [rows(1, 20), rows(2, 10), rows(5, 14)]);
    expect(same).toBeCloseTo(0, 9);
    expect(near).toBeGreaterThan(0.1);
    expect(far).toBeGreaterThan(near!);
  });

  it('leaves out what is the same in all', () => {
    expect(featureDistances([[1, 7]], [[[2, 7]], [[1, 7]]])[1]).toBe(0);
    expect(featureDistances([[1]], [])).toEqual([]);
  });
});
