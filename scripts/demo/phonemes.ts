// The sounds and the sentences of the demo corpus: a made-up language of five vowels and fourteen consonants.

/** Centres of the noise bands that colour fricatives and bursts, for a vocal tract of 17.5 cm. */
export const FRICATION_BANDS_HZ: readonly number[] = [1500, 2500, 3600, 5000, 6600];

type Formants = readonly [f1Hz: number, f2Hz: number, f3Hz: number];
type Bands = readonly [number, number, number, number, number];

/** A stretch of steady targets; a phoneme is one or more of them. */
export interface Phase {
  durationMs: number;
  /** How far the duration follows the tempo: 1 fully (vowels), 0 not at all (bursts). */
  elasticity: number;
  formantsHz: Formants;
  /** Amplitude of voicing, 0-1. */
  voicing: number;
  /** Amplitude of noise made at the glottis, 0-1. */
  aspiration: number;
  /** Amplitude of each noise band of FRICATION_BANDS_HZ, 0-1. */
  frication: Bands;
  /** How far the way through the nose is open, 0-1. */
  nasality: number;
}

/** A sound of the language. */
export interface Phoneme {
  isVowel: boolean;
  phases: readonly Phase[];
}

/** A sound in its place in a sentence. */
export interface PlacedPhoneme {
  phoneme: Phoneme;
  /** Whole number of the syllable, from 0. */
  syllable: number;
  stressed: boolean;
}

/** A sentence: its number in the file names, its spelling and its sounds. */
export interface Sentence {
  utterance: number;
  spelling: string;
  sounds: readonly PlacedPhoneme[];
  syllables: number;
}

const SILENT_BANDS: Bands = [0, 0, 0, 0, 0];

function phase(durationMs: number, formantsHz: Formants, more: Partial<Phase> = {}): Phase {
  return {
    durationMs,
    elasticity: 1,
    formantsHz,
    voicing: 0,
    aspiration: 0,
    frication: SILENT_BANDS,
    nasality: 0,
    ...more,
  };
}

function vowel(formantsHz: Formants): Phoneme {
  return { isVowel: true, phases: [phase(88, formantsHz, { voicing: 1 })] };
}

function consonant(...phases: Phase[]): Phoneme {
  return { isVowel: false, phases };
}

function fricative(formantsHz: Formants, frication: Bands): Phoneme {
  return consonant(phase(92, formantsHz, { frication, elasticity: 0.8 }));
}

/** Voiced fricatives are shorter, and their noise weaker, than the voiceless ones. */
function voicedFricative(formantsHz: Formants, frication: Bands): Phoneme {
  return consonant(phase(62, formantsHz, { frication, voicing: 0.45, elasticity: 0.8 }));
}

function voicelessStop(formantsHz: Formants, burst: Bands, aspirationMs: number): Phoneme {
  return consonant(
    phase(58, formantsHz, { elasticity: 0.8 }),
    phase(9, formantsHz, { frication: burst, elasticity: 0 }),
    phase(aspirationMs, formantsHz, { aspiration: 0.35, elasticity: 0.3 }),
  );
}

function voicedStop(formantsHz: Formants, burst: Bands): Phoneme {
  const weakBurst = burst.map((gain) => gain * 0.5) as unknown as Bands;
  return consonant(
    phase(50, [200, formantsHz[1], formantsHz[2]], { voicing: 0.22, elasticity: 0.8 }),
    phase(8, formantsHz, { frication: weakBurst, voicing: 0.4, elasticity: 0 }),
  );
}

// Formants of the vowels after the five-vowel systems of Greek and Spanish (male speakers, rounded); the formants
// of a consonant are the places to which those of its neighbours bend.
const LABIAL: Formants = [300, 1000, 2250];
const DENTAL: Formants = [300, 1650, 2600];
const VELAR: Formants = [300, 1850, 2250];
const LABIAL_BURST: Bands = [0.45, 0.3, 0.15, 0.1, 0.05];
const DENTAL_BURST: Bands = [0.05, 0.15, 0.5, 0.8, 0.7];
const VELAR_BURST: Bands = [0.8, 0.7, 0.2, 0.15, 0.1];

/** Sounds by the letter that spells them. */
const PHONEMES: ReadonlyMap<string, Phoneme> = new Map([
  ['a', vowel([730, 1350, 2480])],
  ['e', vowel([490, 1780, 2520])],
  ['i', vowel([310, 2200, 2920])],
  ['o', vowel([480, 950, 2420])],
  ['u', vowel([330, 800, 2300])],
  ['m', consonant(phase(66, [270, 1050, 2200], { voicing: 0.62, nasality: 1 }))],
  ['n', consonant(phase(60, [280, 1550, 2500], { voicing: 0.62, nasality: 1 }))],
  ['l', consonant(phase(60, [350, 1250, 2700], { voicing: 0.7 }))],
  ['r', consonant(phase(30, [420, 1350, 1950], { voicing: 0.38, elasticity: 0.4 }))],
  ['s', fricative(DENTAL, [0, 0.02, 0.1, 0.55, 0.85])],
  ['f', fricative(LABIAL, [0.08, 0.09, 0.12, 0.16, 0.18])],
  ['z', voicedFricative(DENTAL, [0, 0.01, 0.05, 0.26, 0.4])],
  ['v', voicedFricative(LABIAL, [0.04, 0.04, 0.05, 0.06, 0.07])],
  ['p', voicelessStop(LABIAL, LABIAL_BURST, 16)],
  ['t', voicelessStop(DENTAL, DENTAL_BURST, 20)],
  ['k', voicelessStop(VELAR, VELAR_BURST, 28)],
  ['b', voicedStop(LABIAL, LABIAL_BURST)],
  ['d', voicedStop(DENTAL, DENTAL_BURST)],
  ['g', voicedStop(VELAR, VELAR_BURST)],
]);

/** Reads a spelling: one letter a sound, "." and " " end a syllable, "'" before a syllable stresses it. */
export function parseSentence(utterance: number, spelling: string): Sentence {
  const syllables = spelling.split(/[. ]/);
  const sounds = syllables.flatMap((text, syllable) => {
    const stressed = text.startsWith("'");
    return [...text.replace("'", '')].map((letter) => {
      const phoneme = PHONEMES.get(letter);
      if (!phoneme) throw new Error(`No sound is spelled "${letter}" (in "${spelling}").`);
      return { phoneme, syllable, stressed };
    });
  });
  return { utterance, spelling, sounds, syllables: syllables.length };
}

/** The sentences. They mean nothing in any language known to the author. */
export const SENTENCES: readonly Sentence[] = [
  "sa.'li.no te.'ma.ri 'ke.fo",
  "mi.'le.ta vo 'ni.du ga.'so",
  "e.'ra.ni 'pu.lo de.'si.ma",
  "'no.vi ka.'re.zu la 'bi.to",
].map((spelling, index) => parseSentence(index + 1, spelling));
