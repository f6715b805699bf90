// How an emotion changes the voice: a table after the literature, the draw of one take, and its melody.
//
// Directions and sizes follow the reviews of Juslin and Laukka (2003, Psychological Bulletin 129), Banse and
// Scherer (1996, JPSP 70), Murray and Arnott (1993, JASA 93) and Burkhardt and Sendlmeier (2000, ISCA Speech and
// Emotion): anger loud, fast, bright and sharply accented; happiness high, wide and smiling; fear high, fast,
// trembling and breathy; sadness low, slow, soft and narrow; disgust low, slow, creaky and falling.
import { clamp, fromSemitones, Random, seedFrom, sin } from './exact.ts';
import type { Voice } from './voice.ts';

const TWO_PI = 6.283185307179586;

/** What an emotion changes, each relative to calm speech (where all are 0). */
export interface Prosody {
  /** Mean pitch. */
  pitchSemitones: number;
  /** Added to the 3 semitones by which a stressed syllable rises. */
  accentSemitones: number;
  /** Added to the fall of 3 semitones from the first syllable to the last. */
  declinationSemitones: number;
  /** Bend of the last syllable: positive rises. */
  finalSemitones: number;
  /** Share of time added: 0.2 lasts 20% longer. */
  lengthening: number;
  loudnessDb: number;
  /** Vocal effort, -1 (slack) to 1 (pressed): spectral tilt, open quotient, and the opening of the jaw (F1). */
  effort: number;
  /** Added turbulent noise. */
  breathiness: number;
  /** Added irregularity of the periods, as a share of the period. */
  jitter: number;
  /** Added irregularity of the amplitudes, as a share. */
  shimmer: number;
  /** Depth of the tremble of pitch, at about 7 Hz. */
  tremorSemitones: number;
  /** Weakening of every second period, 0-1. */
  creak: number;
  /** Spread lips: shortens the tract, as a share. */
  smile: number;
  /** Distance of the vowels from the neutral one: negative mumbles. */
  articulation: number;
  /** Opening of the way through the nose in every sound. */
  nasality: number;
  /** Added level of stressed over unstressed syllables. */
  stressDb: number;
}

export type Emotion = 'anger' | 'disgust' | 'fear' | 'happiness' | 'sadness';

/** The emotions and what they do at full strength. */
export const EMOTIONS: ReadonlyMap<Emotion, Prosody> = new Map<Emotion, Prosody>([
  [
    'anger',
    {
      pitchSemitones: 3.5,
      accentSemitones: 3,
      declinationSemitones: 1,
      finalSemitones: -2,
      lengthening: -0.12,
      loudnessDb: 7,
      effort: 0.9,
      breathiness: -0.05,
      jitter: 0.008,
      shimmer: 0.1,
      tremorSemitones: 0,
      creak: 0.08,
      smile: -0.01,
      articulation: 0.12,
      nasality: 0,
      stressDb: 3.5,
    },
  ],
  [
    'disgust',
    {
      pitchSemitones: -1.5,
      accentSemitones: -0.5,
      declinationSemitones: 2,
      finalSemitones: -3,
      lengthening: 0.16,
      loudnessDb: 0,
      effort: 0.2,
      breathiness: 0.02,
      jitter: 0.014,
      shimmer: 0.12,
      tremorSemitones: 0,
      creak: 0.4,
      smile: -0.05,
      articulation: -0.1,
      nasality: 0.45,
      stressDb: 0.5,
    },
  ],
  [
    'fear',
    {
      pitchSemitones: 5.5,
      accentSemitones: -1,
      declinationSemitones: -2.5,
      finalSemitones: 2,
      lengthening: -0.15,
      loudnessDb: -1,
      effort: -0.1,
      breathiness: 0.28,
      jitter: 0.016,
      shimmer: 0.1,
      tremorSemitones: 0.8,
      creak: 0,
      smile: 0.01,
      articulation: -0.12,
      nasality: 0,
      stressDb: -1,
    },
  ],
  [
    'happiness',
    {
      pitchSemitones: 4.5,
      accentSemitones: 3.5,
      declinationSemitones: -2,
      finalSemitones: 1.5,
      lengthening: -0.05,
      loudnessDb: 3.5,
      effort: 0.35,
      breathiness: 0.02,
      jitter: 0.002,
      shimmer: 0.02,
      tremorSemitones: 0,
      creak: 0,
      smile: 0.06,
      articulation: 0.1,
      nasality: 0,
      stressDb: 1.5,
    },
  ],
  [
    'sadness',
    {
      pitchSemitones: -2,
      accentSemitones: -2,
      declinationSemitones: 0.5,
      finalSemitones: -1,
      lengthening: 0.22,
      loudnessDb: -6,
      effort: -0.8,
      breathiness: 0.16,
      jitter: 0.004,
      shimmer: 0.04,
      tremorSemitones: 0.2,
      creak: 0.04,
      smile: -0.02,
      articulation: -0.25,
      nasality: 0.08,
      stressDb: -1.5,
    },
  ],
]);

/**
 * Standard deviation, from take to take and from actor to actor, of what happens beside the emotion. It decides how
 * hard the corpus is: these leave a speaker-independent recogniser well above chance and well below perfection.
 */
const SPREAD: Readonly<Prosody> = {
  pitchSemitones: 1,
  accentSemitones: 0.9,
  declinationSemitones: 0.8,
  finalSemitones: 1,
  lengthening: 0.05,
  loudnessDb: 1.6,
  effort: 0.25,
  breathiness: 0.05,
  jitter: 0.002,
  shimmer: 0.02,
  tremorSemitones: 0.08,
  creak: 0.06,
  smile: 0.015,
  articulation: 0.06,
  nasality: 0.06,
  stressDb: 0.8,
};

const FIELDS = Object.keys(SPREAD) as (keyof Prosody)[];

function combine(value: (field: keyof Prosody) => number): Prosody {
  return Object.fromEntries(FIELDS.map((field) => [field, value(field)])) as unknown as Prosody;
}

/**
 * Draws the prosody of one take: the emotion at the strength this actor gives it this time, coloured by a second
 * emotion (acted speech is rarely pure), with this actor's own habit for the emotion and a deviation of its own.
 *
 * @throws when the emotion is not in the table.
 */
export function drawProsody(voice: Voice, emotion: Emotion, utterance: number, seed: number): Prosody {
  const names = [...EMOTIONS.keys()];
  const index = names.indexOf(emotion);
  const habits = new Random(seedFrom(seed, 1, voice.speaker, index));
  const takes = new Random(seedFrom(seed, 2, voice.speaker, index, utterance));
  const strength = clamp(voice.expressiveness * (0.9 + 0.28 * takes.normal()), 0.3, 1.3);
  const other = names[(index + 1 + Math.floor(takes.uniform() * (names.length - 1))) % names.length]!;
  const blend = 0.4 * takes.uniform() * takes.uniform();
  const main = EMOTIONS.get(emotion)!;
  const second = EMOTIONS.get(other)!;
  return combine((field) => {
    const felt = strength * ((1 - blend) * main[field] + blend * second[field]);
    return felt + SPREAD[field] * (0.6 * habits.normal() + 0.8 * takes.normal());
  });
}

/** Where each syllable of a spoken sentence lies, in seconds. */
export interface SyllableTime {
  /** The middle of its vowel, which carries the accent. */
  centreSeconds: number;
  stressed: boolean;
}

/** Pitch over time, in Hz, as a function of the time since the first sound. */
export type Melody = (seconds: number) => number;

/**
 * The melody of a take after the superposition idea of Fujisaki: a base that declines, a bump an accent, a bend at
 * the end, and a tremble. Held between 60 and 520 Hz.
 */
export function melodyOf(
  voice: Voice,
  prosody: Prosody,
  syllables: readonly SyllableTime[],
  durationSeconds: number,
  random: Random,
): Melody {
  const accents = syllables.map((syllable) => ({
    atSeconds: syllable.centreSeconds + 0.012 * random.normal(),
    semitones: syllable.stressed
      ? (3 + prosody.accentSemitones) * (1 + 0.15 * random.normal())
      : 0.3 * random.normal(),
  }));
  const tremorHz = 6.5 + random.uniform() * 1.5;
  const tremorSemitones = Math.max(0, prosody.tremorSemitones);
  const lastCentre = syllables.at(-1)?.centreSeconds ?? 0;
  return (seconds) => {
    const progress = durationSeconds > 0 ? seconds / durationSeconds : 0;
    let semitones = prosody.pitchSemitones + (3 + prosody.declinationSemitones) * (0.5 - progress);
    for (const accent of accents) semitones += accent.semitones * bump((seconds - accent.atSeconds) / 0.13);
    semitones += prosody.finalSemitones * ramp((seconds - lastCentre + 0.06) / 0.2);
    semitones += tremorSemitones * sin(TWO_PI * tremorHz * seconds);
    return clamp(voice.f0Hz * fromSemitones(semitones), 60, 520);
  };
}

/** A smooth hill, 1 at 0, 0 beyond -1 and 1. */
function bump(x: number): number {
  const rest = 1 - x * x;
  return rest > 0 ? rest * rest : 0;
}

/** A smooth step from 0 (x <= 0) to 1 (x >= 1). */
function ramp(x: number): number {
  const held = clamp(x, 0, 1);
  return held * held * (3 - 2 * held);
}
