// EMO-DB: speaker, sentence, emotion and take in a seven-character name (Burkhardt et al. 2005).
import type { Sex } from '../../shared/contract/schemas.ts';
import { EMODB_EMOTIONS } from '../../shared/labels/emotions.ts';
import { stemOf, type Adapter } from './adapter.ts';

const NAME = /^(?<speaker>\d\d)(?<sentence>[ab]\d\d)(?<letter>[a-z])(?<take>[a-z]?)$/i;

const SEX_OF_SPEAKER: ReadonlyMap<string, Sex> = new Map([
  ...['08', '09', '13', '14', '16'].map((speaker) => [speaker, 'female'] as const),
  ...['03', '10', '11', '12', '15'].map((speaker) => [speaker, 'male'] as const),
]);

/** The ten sentences, as the corpus's own page gives them. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['a01', 'Der Lappen liegt auf dem Eisschrank.'],
  ['a02', 'Das will sie am Mittwoch abgeben.'],
  ['a04', 'Heute abend könnte ich es ihm sagen.'],
  ['a05', 'Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.'],
  ['a07', 'In sieben Stunden wird es soweit sein.'],
  ['b01', 'Was sind denn das für Tüten, die da unter dem Tisch stehen?'],
  ['b02', 'Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.'],
  ['b03', 'An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.'],
  ['b09', 'Ich will das eben wegbringen und dann mit Karl was trinken gehen.'],
  ['b10', 'Die wird auf dem Platz sein, wo wir sie immer hinlegen.'],
]);

/** `03a01Fa.wav`: speaker 03, sentence a01, F for Freude, take a. Emotion letters in the order of EMODB_EMOTIONS. */
export const emodb: Adapter = {
  name: 'emodb',
  read(path) {
    const parts = NAME.exec(stemOf(path))?.groups;
    if (!parts) return { misfit: 'has a name unlike those of EMO-DB (03a01Fa.wav)' };
    const label = EMODB_EMOTIONS.get(parts['letter']!.toUpperCase());
    if (!label) return { misfit: `has no emotion letter of EMO-DB in its name: ${parts['letter']}` };
    const speaker = parts['speaker']!;
    const utterance = parts['sentence']!.toLowerCase();
    return {
      facts: {
        ...{ speaker, utterance, label },
        sex: SEX_OF_SPEAKER.get(speaker) ?? null,
        text: SENTENCES.get(utterance) ?? null,
        take: parts['take']!.toLowerCase() || null,
      },
    };
  },
};
