// The demo corpus as a list: which takes there are, what their files are called, and the seed they come from.
import { SENTENCES, type Sentence } from './phonemes.ts';
import { type Emotion, EMOTIONS } from './prosody.ts';
import { speak } from './synth.ts';
import { type Voice, VOICES } from './voice.ts';

/** The seed of the corpus in resources/. */
const SEED = 1;

/** One take to speak. */
export interface Take {
  /** AESDD's naming: `anger/a01 (1).wav` is anger, utterance 01, speaker 1. */
  path: string;
  voice: Voice;
  emotion: Emotion;
  sentence: Sentence;
}

/** Every take, in the order of the archive. */
export const TAKES: readonly Take[] = [...EMOTIONS.keys()].flatMap((emotion) =>
  SENTENCES.flatMap((sentence) =>
    VOICES.map((voice) => {
      const utterance = String(sentence.utterance).padStart(2, '0');
      return {
        path: `${emotion}/${emotion[0]}${utterance} (${voice.speaker}).wav`,
        voice,
        emotion,
        sentence,
      };
    }),
  ),
);

/** The samples of a take. */
export function speakTake(take: Take): Int16Array {
  return speak(take.voice, take.emotion, take.sentence, SEED);
}
