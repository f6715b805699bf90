// Moving pictures of the sound by meyda: how loud, how bright, how noisy, which tones. Pictures only: numbers come from the engine.
import Meyda from 'meyda';

/** Samples of one look at the sound; a power of two. */
const LOOK_SAMPLES = 2048;
/** Looks that a picture shows. */
const KEPT = 160;

export interface Look {
  /** All from 0 to 1. */
  readonly rms: number;
  readonly centroid: number;
  readonly flatness: number;
  readonly chroma: readonly number[];
}

/** Top of the scale of brightness, in Hz: little of a voice lies above. */
const BRIGHTEST_HZ = 6000;
/** Span of loudness that is drawn, in dB. */
const LOUDNESS_DB = 60;

/** Looks at a stream block by block; keeps the last ones. */
export class Looks {
  readonly list: Look[] = [];
  readonly #buffer = new Float32Array(LOOK_SAMPLES);

  add(samples: Float32Array, sampleRateHz: number): void {
    const taken = samples.subarray(Math.max(0, samples.length - LOOK_SAMPLES));
    this.#buffer.copyWithin(0, taken.length);
    this.#buffer.set(taken, LOOK_SAMPLES - taken.length);
    Meyda.bufferSize = LOOK_SAMPLES;
    Meyda.sampleRate = sampleRateHz;
    const features = Meyda.extract(['rms', 'spectralCentroid', 'spectralFlatness', 'chroma'], this.#buffer);
    if (!features) return;
    const hertzOfBin = sampleRateHz / LOOK_SAMPLES;
    this.list.push({
      rms: unit(1 + (20 * Math.log10(features.rms ?? 0)) / LOUDNESS_DB),
      centroid: unit(((features.spectralCentroid ?? 0) * hertzOfBin) / BRIGHTEST_HZ),
      flatness: unit(features.spectralFlatness ?? 0),
      chroma: (features.chroma ?? []).map(unit),
    });
    if (this.list.length > KEPT) this.list.shift();
  }
}

/** Silence has no brightness: what is no number is drawn at the bottom. */
function unit(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(1, value)) : 0;
}

export interface PictureInks {
  readonly wave: string;
  readonly bed: string;
  readonly ink: string;
}

/** A trace of one measure; the newest at the right. */
export function drawTrace(
  g: CanvasRenderingContext2D,
  width: number,
  height: number,
  values: readonly number[],
  ink: string,
): void {
  g.strokeStyle = ink;
  g.lineWidth = 1.25;
  g.lineJoin = 'round';
  g.beginPath();
  values.forEach((value, i) => {
    const x = width - ((values.length - 1 - i) / (KEPT - 1)) * width;
    const y = height - 1 - (height - 2) * value;
    if (i === 0) g.moveTo(x, y);
    else g.lineTo(x, y);
  });
  g.stroke();
}

/** Twelve rows, C at the bottom; more of a tone is more ink. */
export function drawChroma(
  g: CanvasRenderingContext2D,
  width: number,
  height: number,
  looks: readonly Look[],
  ink: string,
): void {
  const column = width / KEPT;
  g.fillStyle = ink;
  looks.forEach(({ chroma, rms }, i) => {
    const x = width - (looks.length - i) * column;
    const row = height / Math.max(1, chroma.length);
    chroma.forEach((value, tone) => {
      // The tones of silence are tones of nothing.
      g.globalAlpha = value ** 3 * rms;
      g.fillRect(x, height - (tone + 1) * row, column + 0.5, row);
    });
  });
  g.globalAlpha = 1;
}
