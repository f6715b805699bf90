// AESDD: a folder an emotion; utterance, speaker and take in names such as `f18 (5)b.wav` (Vryzas et al. 2018).
import { emotionOf } from '../../shared/labels/emotions.ts';
import { stemOf, type Adapter } from './adapter.ts';

const NAME =
  /^(?<letter>[adfhs])\s*(?<utterance>\d{1,2})\s*\(\s*0*(?<speaker>\d{1,2})\s*\)\s*(?<take>[a-z]?)$/i;

const EMOTION_OF_LETTER: ReadonlyMap<string, string> = new Map([
  ['a', 'anger'],
  ['d', 'disgust'],
  ['f', 'fear'],
  ['h', 'happiness'],
  ['s', 'sadness'],
]);

/** The letter tells the emotion; a folder named after another emotion contradicts it. `(01)` is speaker 1. */
export const aesdd: Adapter = {
  name: 'aesdd',
  read(path) {
    const parts = NAME.exec(stemOf(path).trim())?.groups;
    if (!parts) return { misfit: 'has a name unlike those of AESDD (a01 (1).wav)' };
    const label = EMOTION_OF_LETTER.get(parts['letter']!.toLowerCase())!;
    const folder = path.split('/').at(-2);
    const folderLabel = folder === undefined ? undefined : emotionOf(folder);
    if (folderLabel && folderLabel !== label) {
      return { misfit: `says ${label} by its name and ${folderLabel} by its folder` };
    }
    return {
      facts: {
        label,
        speaker: parts['speaker']!,
        utterance: parts['utterance']!.padStart(2, '0'),
        take: parts['take']!.toLowerCase() || null,
        sex: null,
        text: null,
      },
    };
  },
};
