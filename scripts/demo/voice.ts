// The six voices of the demo corpus: what stays the same whatever is said and however it is felt.

/** A speaker's voice. */
export interface Voice {
  /** Speaker number in the file names, 1-6. */
  speaker: number;
  gender: 'female' | 'male';
  /** Mean fundamental frequency of calm speech. */
  f0Hz: number;
  /** Factor on every formant of a vocal tract of 17.5 cm: a shorter tract has a larger one. */
  tractScale: number;
  /** Share of turbulent noise in the source, 0 (clear) to 1 (whisper). */
  breathiness: number;
  /** Share of the glottal period in which the folds are open. */
  openQuotient: number;
  /** Time constant of the folds' closing: longer is softer, with a steeper spectrum. */
  closingMs: number;
  /** Natural irregularity of successive periods, as a share of the period. */
  jitter: number;
  /** Factor on the speed of speaking; above 1 is slower. */
  tempo: number;
  /** How much of an emotion this speaker shows: 1 is the table's full amount. */
  expressiveness: number;
  /** Gain of this speaker's recordings. */
  gainDb: number;
}

export const VOICES: readonly Voice[] = [
  {
    speaker: 1,
    gender: 'female',
    f0Hz: 204,
    tractScale: 1.15,
    breathiness: 0.2,
    openQuotient: 0.62,
    closingMs: 0.08,
    jitter: 0.005,
    tempo: 1,
    expressiveness: 1,
    gainDb: 0,
  },
  {
    speaker: 2,
    gender: 'male',
    f0Hz: 118,
    tractScale: 1,
    breathiness: 0.08,
    openQuotient: 0.55,
    closingMs: 0.07,
    jitter: 0.006,
    tempo: 0.96,
    expressiveness: 0.95,
    gainDb: 1,
  },
  {
    speaker: 3,
    gender: 'female',
    f0Hz: 226,
    tractScale: 1.2,
    breathiness: 0.1,
    openQuotient: 0.58,
    closingMs: 0.06,
    jitter: 0.004,
    tempo: 0.95,
    expressiveness: 1.1,
    gainDb: -0.5,
  },
  {
    speaker: 4,
    gender: 'male',
    f0Hz: 101,
    tractScale: 0.95,
    breathiness: 0.05,
    openQuotient: 0.5,
    closingMs: 0.1,
    jitter: 0.009,
    tempo: 1.05,
    expressiveness: 0.85,
    gainDb: -1,
  },
  {
    speaker: 5,
    gender: 'female',
    f0Hz: 184,
    tractScale: 1.11,
    breathiness: 0.28,
    openQuotient: 0.66,
    closingMs: 0.1,
    jitter: 0.006,
    tempo: 1.03,
    expressiveness: 0.9,
    gainDb: -1.5,
  },
  {
    speaker: 6,
    gender: 'male',
    f0Hz: 134,
    tractScale: 1.04,
    breathiness: 0.16,
    openQuotient: 0.6,
    closingMs: 0.07,
    jitter: 0.006,
    tempo: 0.98,
    expressiveness: 1.05,
    gainDb: 0.5,
  },
];
