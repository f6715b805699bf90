// The adapters: names of the known corpora, folders, and where they must refuse.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Adapter, Reading } from './adapter.ts';
import { aesdd } from './aesdd.ts';
import { emodb } from './emodb.ts';
import { findLevels, foldersAdapter } from './folders.ts';
import { ravdess } from './ravdess.ts';
import { testCorpus } from './test-corpora.ts';

function factsOf(adapter: Adapter, path: string): Extract<Reading, { facts: unknown }>['facts'] {
  const reading = adapter.read(path);
  if ('misfit' in reading) throw new Error(`${path} ${reading.misfit}`);
  return reading.facts;
}

const aesddList = testCorpus('aesdd/files.csv');

describe('AESDD', () => {
  test.skipIf(!aesddList)('reads all 604 names: six speakers, five emotions, twenty utterances', () => {
    const lines = readFileSync(aesddList!, 'utf8').trim().split('\n').slice(1);
    const paths = lines.map((line) => line.slice(0, line.indexOf(',')));
    const facts = paths.map((path) => factsOf(aesdd, path));
    expect(facts).toHaveLength(604);
    expect([...new Set(facts.map((fact) => fact.speaker))].sort()).toEqual(['1', '2', '3', '4', '5', '6']);
    expect([...new Set(facts.map((fact) => fact.utterance))]).toHaveLength(20);
    paths.forEach((path, index) => expect(facts[index]!.label).toBe(path.split('/')[0]));
    const clips = facts.map((fact) => [fact.label, fact.utterance, fact.speaker, fact.take].join());
    expect(new Set(clips).size).toBe(604);
    expect(facts.filter((fact) => fact.take !== null)).toHaveLength(9);
  });

  it.each([
    ['disgust/d03 (01).wav', { speaker: '1', utterance: '03', take: null, label: 'disgust' }],
    ['fear/f18 (5)b.wav', { speaker: '5', utterance: '18', take: 'b', label: 'fear' }],
    ['sadness/s01 (5)a.wav', { speaker: '5', utterance: '01', take: 'a', label: 'sadness' }],
    ['Happiness/H7(3) B.WAV', { speaker: '3', utterance: '07', take: 'b', label: 'happiness' }],
    ['a01  ( 2 ).wav', { speaker: '2', utterance: '01', take: null, label: 'anger' }],
  ])('reads %s', (path, facts) => expect(factsOf(aesdd, path)).toMatchObject(facts));

  it('refuses a name whose letter contradicts its folder', () => {
    expect(aesdd.read('anger/s01 (1).wav')).toEqual({
      misfit: 'says sadness by its name and anger by its folder',
    });
  });
});

describe('EMO-DB', () => {
  it('reads speaker, sex, sentence, emotion and take', () => {
    expect(factsOf(emodb, 'wav/03a01Fa.wav')).toEqual({
      speaker: '03',
      sex: 'male',
      utterance: 'a01',
      text: 'Der Lappen liegt auf dem Eisschrank.',
      take: 'a',
      label: 'happiness',
    });
    expect(factsOf(emodb, '16b10Wa.wav')).toMatchObject({ sex: 'female', label: 'anger', utterance: 'b10' });
  });

  it.each(['3a01Fa.wav', '03a01Xa.wav', '03c01Fa.wav', '03a01Fab.wav', 'rehearsal.wav', '.wav'])(
    'refuses %s',
    (path) => expect(emodb.read(path)).toHaveProperty('misfit'),
  );
});

describe('RAVDESS', () => {
  it('reads the seven numbers', () => {
    expect(factsOf(ravdess, 'Actor_12/03-01-06-02-02-01-12.wav')).toEqual({
      speaker: '12',
      sex: 'female',
      utterance: '02',
      text: 'Dogs are sitting by the door.',
      take: 'strong 1',
      label: 'fear',
    });
    expect(factsOf(ravdess, '03-02-05-01-01-02-01.wav')).toMatchObject({ sex: 'male', utterance: 'song 01' });
  });

  it('names each clip of the corpus by actor, utterance, emotion and take', () => {
    const clips = new Set<string>();
    let count = 0;
    const number = (n: number): string => String(n).padStart(2, '0');
    for (const channel of [1, 2]) {
      for (let emotion = 1; emotion <= 8; emotion++) {
        for (const intensity of [1, 2]) {
          for (const statement of [1, 2]) {
            for (const repetition of [1, 2]) {
              const parts = [3, channel, emotion, intensity, statement, repetition, 7].map(number);
              const { speaker, utterance, label, take } = factsOf(ravdess, `${parts.join('-')}.wav`);
              clips.add([speaker, utterance, label, take].join());
              count++;
            }
          }
        }
      }
    }
    expect(clips.size).toBe(count);
  });

  it.each(['03-01-09-01-01-01-01.wav', '03-01-06-01-02-01.wav', '3-1-6-1-2-1-12.wav'])('refuses %s', (path) =>
    expect(ravdess.read(path)).toHaveProperty('misfit'),
  );
});

describe('folders', () => {
  it('takes a folder for a label and knows no speaker', () => {
    const paths = ['angry/1.wav', 'Joy/2.wav', 'bewildered/3.wav'];
    const adapter = foldersAdapter(paths);
    expect(paths.map((path) => factsOf(adapter, path).label)).toEqual(['anger', 'happiness', 'bewildered']);
    expect(factsOf(adapter, 'angry/1.wav').speaker).toBeNull();
  });

  it('finds the speaker inside the label or around it', () => {
    const inside = foldersAdapter(['anger/ann/1.wav', 'fear/bob/1.wav']);
    expect(factsOf(inside, 'fear/bob/1.wav')).toMatchObject({ label: 'fear', speaker: 'bob' });
    const around = foldersAdapter(['ann/anger/1.wav', 'bob/fear/1.wav']);
    expect(factsOf(around, 'bob/fear/1.wav')).toMatchObject({ label: 'fear', speaker: 'bob' });
    const wrapped = foldersAdapter(['wav/anger/1.wav', 'wav/fear/1.wav']);
    expect(factsOf(wrapped, 'wav/fear/1.wav')).toMatchObject({ label: 'fear', speaker: null });
  });

  it('gives files of a flat folder no label, but a stray file beside label folders a reason', () => {
    expect(factsOf(foldersAdapter(['1.wav', '2.wav']), '1.wav').label).toBeNull();
    expect(foldersAdapter(['anger/1.wav', '2.wav']).read('2.wav')).toHaveProperty('misfit');
  });

  it('never takes one level for both', () => {
    const name = fc.constantFrom('anger', 'fear', 'ann', 'bob', 'x');
    const path = fc.array(name, { maxLength: 4 }).map((names) => [...names, '1.wav'].join('/'));
    fc.assert(
      fc.property(fc.array(path, { minLength: 1 }), (paths) => {
        const { label, speaker } = findLevels(paths);
        if (label !== null) expect(speaker).not.toBe(label);
        else expect(speaker).toBeNull();
      }),
    );
  });
});

test('any path at all is read or refused, by every adapter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (path) => {
      for (const adapter of [emodb, aesdd, ravdess, foldersAdapter([path])]) {
        const reading = adapter.read(path);
        expect('facts' in reading || reading.misfit.length > 0).toBe(true);
      }
    }),
  );
});
