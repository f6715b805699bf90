// From a sentence and its prosody to control tracks: how each parameter of the synthesiser moves over time.
import { clamp, cos, fromDecibels, type Random } from './exact.ts';
import { FRICATION_BANDS_HZ, type Phase, type Sentence } from './phonemes.ts';
import type { Prosody, SyllableTime } from './prosody.ts';
import type { Voice } from './voice.ts';

/** Time between two control values. */
export const FRAME_SECONDS = 0.002;

const PI = 3.141592653589793;
const LEAD_SECONDS = 0.06;
const TAIL_SECONDS = 0.12;
/** Formants of the neutral vowel, towards which careless speech drifts. */
const NEUTRAL_HZ = [500, 1500, 2500] as const;
/** Half widths of the Hann kernels that turn steps into movements, by what moves. */
const SMOOTHING_SECONDS = { formants: 0.042, voicing: 0.014, noise: 0.007, nasality: 0.024 };

/** The control tracks of one take: one value a frame of FRAME_SECONDS. */
export interface Tracks {
  frames: number;
  /** Three tracks, in Hz, for this voice's vocal tract. */
  formantsHz: readonly Float64Array[];
  voicing: Float64Array;
  aspiration: Float64Array;
  /** One track a band of FRICATION_BANDS_HZ. */
  frication: readonly Float64Array[];
  nasality: Float64Array;
  /** When speech begins and how long it lasts, without the quiet before and after. */
  startSeconds: number;
  speechSeconds: number;
  /** Times counted from the beginning of speech. */
  syllables: readonly SyllableTime[];
}

interface TimedPhase {
  phase: Phase;
  endSeconds: number;
  gain: number;
}

interface Timeline {
  phases: readonly TimedPhase[];
  speechSeconds: number;
  syllables: readonly SyllableTime[];
}

/** Lays the sounds out in time: tempo, longer stressed and final syllables, small deviations. */
function layOut(voice: Voice, prosody: Prosody, sentence: Sentence, random: Random): Timeline {
  const stretch = clamp(voice.tempo * (1 + prosody.lengthening), 0.65, 1.6);
  const phases: TimedPhase[] = [];
  const syllables: SyllableTime[] = [];
  let time = 0;
  for (const { phoneme, syllable, stressed } of sentence.sounds) {
    const isLast = syllable === sentence.syllables - 1;
    const placed = phoneme.isVowel ? (stressed ? 1.35 : 1) * (isLast ? 1.4 : 1) : 1;
    const own = placed * (1 + 0.08 * random.normal());
    const progress = syllable / (sentence.syllables - 1);
    const levelDb = (stressed ? 2 + prosody.stressDb : 0) - 3.5 * progress + 0.6 * random.normal();
    const startSeconds = time;
    for (const phase of phoneme.phases) {
      time += (phase.durationMs / 1000) * (1 + (stretch * own - 1) * phase.elasticity);
      phases.push({ phase, endSeconds: time, gain: fromDecibels(levelDb) });
    }
    if (phoneme.isVowel) syllables.push({ centreSeconds: (startSeconds + time) / 2, stressed });
  }
  return { phases, speechSeconds: time, syllables };
}

/** The formants of a phase in this voice and mood: mumbling, jaw, tract length, lips. */
function formantHz(voice: Voice, prosody: Prosody, phase: Phase, index: 0 | 1 | 2): number {
  const neutral = NEUTRAL_HZ[index];
  const spread = clamp(1 + prosody.articulation, 0.5, 1.3);
  const jaw = index === 0 ? 1 + 0.09 * clamp(prosody.effort, -1.2, 1.2) : 1;
  const target = neutral + (phase.formantsHz[index] - neutral) * spread;
  return target * jaw * voice.tractScale * (1 + prosody.smile);
}

/** Plans one take. The random numbers decide the small deviations of time and level. */
export function planTracks(voice: Voice, prosody: Prosody, sentence: Sentence, random: Random): Tracks {
  const { phases, speechSeconds, syllables } = layOut(voice, prosody, sentence, random);
  const startSeconds = LEAD_SECONDS + 0.03 * random.uniform();
  const totalSeconds = startSeconds + speechSeconds + TAIL_SECONDS + 0.04 * random.uniform();
  const frames = Math.ceil(totalSeconds / FRAME_SECONDS);
  const track = (
    value: (timed: TimedPhase) => number,
    halfWidthSeconds: number,
    whenQuiet: 'zero' | 'hold' = 'zero',
  ): Float64Array => {
    const steps = new Float64Array(frames);
    let index = 0;
    for (let frame = 0; frame < frames; frame++) {
      const seconds = frame * FRAME_SECONDS - startSeconds;
      while (index < phases.length - 1 && seconds >= phases[index]!.endSeconds) index++;
      const isQuiet = seconds < 0 || seconds >= speechSeconds;
      steps[frame] = isQuiet && whenQuiet === 'zero' ? 0 : value(phases[index]!);
    }
    return smooth(steps, Math.round(halfWidthSeconds / FRAME_SECONDS));
  };
  const { formants, voicing, noise, nasality } = SMOOTHING_SECONDS;
  return {
    frames,
    formantsHz: ([0, 1, 2] as const).map((i) =>
      track(({ phase }) => formantHz(voice, prosody, phase, i), formants, 'hold'),
    ),
    voicing: track(({ phase, gain }) => phase.voicing * gain, voicing),
    aspiration: track(({ phase, gain }) => phase.aspiration * gain, noise),
    frication: FRICATION_BANDS_HZ.map((_, band) =>
      track(({ phase, gain }) => phase.frication[band]! * gain, noise),
    ),
    nasality: track(({ phase }) => clamp(phase.nasality + prosody.nasality, 0, 1), nasality, 'hold'),
    startSeconds,
    speechSeconds,
    syllables,
  };
}

/** Weighted moving average by a Hann kernel of the given half width in frames; the ends repeat. */
function smooth(steps: Float64Array, halfWidth: number): Float64Array {
  const kernel: number[] = [];
  for (let k = -halfWidth; k <= halfWidth; k++) kernel.push(0.5 + 0.5 * cos((PI * k) / (halfWidth + 1)));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  return steps.map((_, frame) => {
    let sum = 0;
    for (let k = -halfWidth; k <= halfWidth; k++) {
      sum += kernel[k + halfWidth]! * steps[clamp(frame + k, 0, steps.length - 1)]!;
    }
    return sum / total;
  });
}
