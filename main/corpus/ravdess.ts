// RAVDESS: seven two-digit numbers in the name (Livingstone and Russo 2018).
import { stemOf, type Adapter } from './adapter.ts';

const NAME = /^\d\d(-\d\d){6}$/;
const SONG_CHANNEL = '02';

const EMOTIONS: ReadonlyMap<string, string> = new Map([
  ['01', 'neutral'],
  ['02', 'calm'],
  ['03', 'happiness'],
  ['04', 'sadness'],
  ['05', 'anger'],
  ['06', 'fear'],
  ['07', 'disgust'],
  ['08', 'surprise'],
]);
const INTENSITIES: ReadonlyMap<string, string> = new Map([
  ['01', 'normal'],
  ['02', 'strong'],
]);
const STATEMENTS: ReadonlyMap<string, string> = new Map([
  ['01', 'Kids are talking by the door.'],
  ['02', 'Dogs are sitting by the door.'],
]);

/**
 * `03-01-06-01-02-01-12.wav`: modality, channel, emotion, intensity, statement, repetition, actor (even: female).
 * The take holds intensity and repetition, so that actor, utterance, emotion and take name one clip; a sung statement
 * is another utterance than the spoken one.
 */
export const ravdess: Adapter = {
  name: 'ravdess',
  read(path) {
    const name = stemOf(path);
    if (!NAME.test(name)) return { misfit: 'has a name unlike those of RAVDESS (03-01-06-01-02-01-12.wav)' };
    const [, channel, emotion, intensity, statement, repetition, actor] = name.split('-') as string[];
    const label = EMOTIONS.get(emotion!);
    if (!label) return { misfit: `has no emotion of RAVDESS (01 to 08) in its name: ${emotion}` };
    return {
      facts: {
        label,
        speaker: actor!,
        sex: Number(actor) % 2 === 0 ? 'female' : 'male',
        utterance: channel === SONG_CHANNEL ? `song ${statement}` : statement!,
        text: STATEMENTS.get(statement!) ?? null,
        take: `${INTENSITIES.get(intensity!) ?? intensity} ${Number(repetition)}`,
      },
    };
  },
};
