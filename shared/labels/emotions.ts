// The emotions that corpora agree on: canonical names, the words that mean them, and the order of a label set.

/** Canonical emotions in the order of a label set; the number keys follow it. Any other label comes after, A to Z. */
export const EMOTIONS = [
  'anger',
  'disgust',
  'fear',
  'happiness',
  'sadness',
  'neutral',
  'boredom',
  'surprise',
  'calm',
] as const;
export type Emotion = (typeof EMOTIONS)[number];

/** Words that corpora use, in lower case: English nouns and adjectives, common short codes, German. */
const WORDS: Record<Emotion, readonly string[]> = {
  anger: ['anger', 'angry', 'ang', 'wut', 'ärger', 'zorn', 'wütend'],
  disgust: ['disgust', 'disgusted', 'dis', 'ekel'],
  fear: ['fear', 'fearful', 'afraid', 'fea', 'angst', 'anxiety', 'anxious'],
  happiness: ['happiness', 'happy', 'hap', 'joy', 'joyful', 'freude', 'glück'],
  sadness: ['sadness', 'sad', 'trauer', 'traurig', 'traurigkeit'],
  neutral: ['neutral', 'neutrality', 'neu'],
  boredom: ['boredom', 'bored', 'langeweile', 'gelangweilt'],
  surprise: ['surprise', 'surprised', 'sur', 'pleasant_surprise', 'überraschung', 'überrascht'],
  calm: ['calm', 'calmness', 'calmly', 'ruhig'],
};
const EMOTION_OF_WORD: ReadonlyMap<string, Emotion> = new Map(
  EMOTIONS.flatMap((emotion) => WORDS[emotion].map((word) => [word, emotion] as const)),
);
const RANK: ReadonlyMap<string, number> = new Map(EMOTIONS.map((emotion, rank) => [emotion, rank]));

/** EMO-DB's letters: the first one of the German word (Burkhardt et al. 2005, A Database of German Emotional Speech). */
export const EMODB_EMOTIONS: ReadonlyMap<string, Emotion> = new Map([
  ['W', 'anger'],
  ['L', 'boredom'],
  ['E', 'disgust'],
  ['A', 'fear'],
  ['F', 'happiness'],
  ['T', 'sadness'],
  ['N', 'neutral'],
]);

/** The canonical emotion that a word means, whatever its case; undefined for a word that is none. */
export function emotionOf(word: string): Emotion | undefined {
  return EMOTION_OF_WORD.get(word.trim().normalize('NFC').toLowerCase());
}

/** A label as the studio writes it: the canonical name of a known emotion, any other word as it stands, trimmed. */
export function normaliseLabel(word: string): string {
  return emotionOf(word) ?? word.trim().normalize('NFC');
}

/** Order of a label set: canonical emotions first, in their order, then the others alphabetically. */
export function compareLabels(a: string, b: string): number {
  const byRank = (RANK.get(a) ?? EMOTIONS.length) - (RANK.get(b) ?? EMOTIONS.length);
  if (byRank !== 0) return byRank;
  return compareText(a, b);
}

/** The distinct labels in the order of a label set. */
export function orderLabels(labels: Iterable<string>): string[] {
  return [...new Set(labels)].sort(compareLabels);
}

/** Alphabetical without regard to case, the same on every machine; equal only for equal strings. */
function compareText(a: string, b: string): number {
  const [lowerA, lowerB] = [a.toLowerCase(), b.toLowerCase()];
  if (lowerA !== lowerB) return lowerA < lowerB ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
