// Parallel utterances are those that several good clips say; a grid has every clip of one, with who says it in what.
import { describe, expect, it } from 'vitest';
import { openStore } from './database.ts';
import { parallelGrid, parallelUtterances } from './parallel.ts';
import { clipRecord, corpusOf } from './testing.ts';

function corpus() {
  const store = openStore(':memory:');
  const corpusId = corpusOf(store, [
    clipRecord('1.wav', { utterance: 'a01', text: 'Hello.', speaker: 'bob', label: 'fear', take: 'b' }),
    clipRecord('2.wav', { utterance: 'a01', text: 'Hello.', speaker: 'ann', label: 'anger' }),
    clipRecord('3.wav', { utterance: 'a01', text: 'Hello.', speaker: 'bob', label: 'fear', take: 'a' }),
    clipRecord('4.wav', { utterance: 'a01', text: 'Hello.', speaker: 'bob', label: null }),
    clipRecord('5.wav', { utterance: 'a02', speaker: 'ann', label: 'fear' }),
    clipRecord('6.wav', { utterance: null, speaker: 'ann', label: 'fear' }),
    clipRecord('7.wav', { utterance: 'a02', audioDefect: 'cut' }),
  ]);
  return { store, corpusId };
}

describe('parallel utterances', () => {
  it('are those that more than one good clip says', () => {
    const { store, corpusId } = corpus();
    expect(parallelUtterances(store, corpusId)).toEqual([
      { utterance: 'a01', text: 'Hello.', clips: 4, speakers: 2, labels: 2 },
    ]);
    store.close();
  });

  it('have every clip in a grid, labels in their order, those without one last', () => {
    const { store, corpusId } = corpus();
    const grid = parallelGrid(store, corpusId, 'a01');
    expect(grid.speakers).toEqual(['ann', 'bob']);
    expect(grid.labels).toEqual(['anger', 'fear', null]);
    expect(grid.clips.map(({ path }) => path)).toEqual(['2.wav', '4.wav', '3.wav', '1.wav']);
    expect(() => parallelGrid(store, corpusId, 'a99')).toThrow('No clip says');
    store.close();
  });
});
