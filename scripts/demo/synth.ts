// Source-filter synthesis of one clip: voice, emotion and sentence in, 16-bit samples out, the same for the same seed.
import { clamp, fromDecibels, Random, seedFrom } from './exact.ts';
import { AntiResonator, BandPass, blockDirectCurrent, halveRate, Resonator } from './filters.ts';
import { FRICATION_BANDS_HZ, type Sentence } from './phonemes.ts';
import { drawProsody, type Emotion, melodyOf, type Melody, type Prosody } from './prosody.ts';
import { GlottalSource } from './source.ts';
import { FRAME_SECONDS, planTracks, type Tracks } from './tracks.ts';
import type { Voice } from './voice.ts';

/** Sample rate of the clips. */
export const SAMPLE_RATE_HZ = 16_000;
/** Samples are multiples of this: 13 bits, whose noise lies 78 dB below full scale, pack smaller than 16. */
export const SAMPLE_STEP = 8;

/** The filters run at twice the clips' rate, which keeps what folds over out of hearing. */
const INNER_RATE_HZ = 2 * SAMPLE_RATE_HZ;
const FRAME_SAMPLES = INNER_RATE_HZ * FRAME_SECONDS;
const FORMANT_BANDWIDTHS_HZ = [95, 110, 150, 220, 280, 350, 420, 500];
const FRICATION_BANDWIDTHS_HZ = [500, 700, 900, 1300, 1700];
const BREATH_GAIN = 0.28;
const ASPIRATION_GAIN = 0.22;
const FRICATION_GAIN = 0.55;
/** Level of calm speech and the highest peak allowed, in dB of full scale. */
const SPEECH_RMS_DB = -21;
const HIGHEST_PEAK_DB = -1.5;

/** The vocal tract: nose, eight formants in a row, and beside them the noise made in the mouth. */
class VocalTract {
  private readonly tractScale: number;
  private readonly nosePole = new Resonator(INNER_RATE_HZ);
  private readonly noseZero = new AntiResonator(INNER_RATE_HZ);
  private readonly formants = FORMANT_BANDWIDTHS_HZ.map(() => new Resonator(INNER_RATE_HZ));
  private readonly noiseBands: readonly BandPass[];

  constructor(voice: Voice) {
    this.tractScale = voice.tractScale;
    this.noiseBands = FRICATION_BANDS_HZ.map(
      (hz, band) => new BandPass(hz * voice.tractScale, FRICATION_BANDWIDTHS_HZ[band]!, INNER_RATE_HZ),
    );
  }

  /** Follows the tracks; formants above the third stay where a uniform tube of this length has them. */
  tune(tracks: Tracks, frame: number): void {
    const nasality = tracks.nasality[frame]!;
    this.nosePole.tune(270, 100);
    this.noseZero.tune(270 + 200 * nasality, 100);
    for (const [index, formant] of this.formants.entries()) {
      const hz = tracks.formantsHz[index]?.[frame] ?? (1000 * index + 500) * this.tractScale;
      const bandwidthHz = FORMANT_BANDWIDTHS_HZ[index]! * (1 + 0.6 * nasality);
      formant.tune(Math.min(hz, 0.45 * INNER_RATE_HZ), bandwidthHz);
    }
  }

  step(glottis: number, noise: number, frication: readonly number[]): number {
    let y = this.noseZero.step(this.nosePole.step(glottis));
    for (const formant of this.formants) y = formant.step(y);
    for (let band = 0; band < this.noiseBands.length; band++) {
      y += this.noiseBands[band]!.step(noise * frication[band]!);
    }
    return y;
  }
}

/** Runs source and tract along the tracks, at the inner rate. */
function run(voice: Voice, prosody: Prosody, tracks: Tracks, melody: Melody, random: Random): Float64Array {
  const source = new GlottalSource(voice, prosody, INNER_RATE_HZ, random);
  const tract = new VocalTract(voice);
  const breath = BREATH_GAIN * clamp(voice.breathiness + prosody.breathiness, 0.02, 0.7);
  const frication = new Array<number>(FRICATION_BANDS_HZ.length).fill(0);
  const out = new Float64Array((tracks.frames - 1) * FRAME_SAMPLES);
  for (let frame = 0; frame < tracks.frames - 1; frame++) {
    tract.tune(tracks, frame);
    const pitchHz = melody(frame * FRAME_SECONDS - tracks.startSeconds);
    for (let k = 0; k < FRAME_SAMPLES; k++) {
      const between = (track: Float64Array): number =>
        track[frame]! + ((track[frame + 1]! - track[frame]!) * k) / FRAME_SAMPLES;
      const pulse = source.step(pitchHz);
      const noise = random.normal();
      const turbulence = breath * (source.isOpen ? 1 : 0.4);
      const glottis =
        between(tracks.voicing) * (pulse + turbulence * noise) +
        between(tracks.aspiration) * ASPIRATION_GAIN * noise;
      for (let band = 0; band < frication.length; band++) {
        frication[band] = FRICATION_GAIN * between(tracks.frication[band]!);
      }
      out[frame * FRAME_SAMPLES + k] = tract.step(glottis, noise, frication);
    }
  }
  return out;
}

/** Scales to a level, short of too high a peak, and rounds with triangular dither. */
function toClip(samples: Float64Array, rmsDb: number, random: Random): Int16Array {
  let peak = 1e-9;
  let energy = 1e-18;
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample));
    energy += sample * sample;
  }
  const scale = Math.min(
    fromDecibels(rmsDb) / Math.sqrt(energy / samples.length),
    fromDecibels(HIGHEST_PEAK_DB) / peak,
  );
  const steps = (32_768 / SAMPLE_STEP) * scale;
  return Int16Array.from(
    samples,
    (sample) => SAMPLE_STEP * Math.round(sample * steps + random.uniform() - random.uniform()),
  );
}

/**
 * Speaks a sentence.
 *
 * @returns samples at SAMPLE_RATE_HZ, whole multiples of SAMPLE_STEP, with peaks up to -1.5 dBFS.
 */
export function speak(voice: Voice, emotion: Emotion, sentence: Sentence, seed: number): Int16Array {
  const emotionCode = emotion.charCodeAt(0);
  const random = new Random(seedFrom(seed, 3, voice.speaker, emotionCode, sentence.utterance));
  const prosody = drawProsody(voice, emotion, sentence.utterance, seed);
  const tracks = planTracks(voice, prosody, sentence, random);
  const melody = melodyOf(voice, prosody, tracks.syllables, tracks.speechSeconds, random);
  const samples = halveRate(run(voice, prosody, tracks, melody, random));
  blockDirectCurrent(samples, 50, SAMPLE_RATE_HZ);
  const levelDb = SPEECH_RMS_DB + 0.7 * prosody.loudnessDb + voice.gainDb + random.normal();
  return toClip(samples, clamp(levelDb, -30, -14), random);
}
