// What may be read of a clip's name while its label is hidden: the part that tells the label is masked.
import { emotionOf } from './emotions.ts';

export const MASK = '•';

/** Characters of the base name that tell the label, by adapter (see main/corpus). */
const LABEL_PART: ReadonlyMap<string, RegExp> = new Map([
  // 03a05Tc.wav: the sixth character.
  ['emodb', /^(\d\d[ab]\d\d)([a-z])/i],
  // f18 (5)b.wav: the first letter.
  ['aesdd', /^(\s*)([adfhs])(?=\s*\d)/i],
  // 03-01-06-01-02-01-12.wav: emotion, and its intensity, which neutral lacks.
  ['ravdess', /^(\d\d-\d\d-)(\d\d-\d\d)/],
]);

/**
 * A clip's name without its folders and without what tells its label: `03a05•c.wav`, `•07 (3).wav`. Where the corpus is
 * not known by its names, whole words that mean an emotion or are one of its labels are masked.
 * @param path relative to the corpus
 */
export function maskedName(path: string, adapter: string, labels: readonly string[]): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const pattern = LABEL_PART.get(adapter);
  if (pattern?.test(base)) return base.replace(pattern, `$1${MASK}`);
  return maskedWords(base, labels);
}

/** Text with every word masked that means an emotion or is a label. */
export function maskedWords(text: string, labels: readonly string[]): string {
  const known = new Set(labels.map((label) => label.toLowerCase()));
  return text
    .normalize('NFC')
    .replace(/\p{L}+/gu, (word) => (emotionOf(word) || known.has(word.toLowerCase()) ? MASK : word));
}

/**
 * Ids in an order that tells nothing and is always the same: a corpus of a folder a label would tell the label by the
 * place in the list. By a hash of the id (the finaliser of MurmurHash3, Appleby 2011).
 */
export function shuffledIds(ids: readonly number[]): number[] {
  const mixed = (id: number) => {
    let h = id | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  return [...ids].sort((a, b) => mixed(a) - mixed(b) || a - b);
}
