// Moving pictures of the sound by meyda: how loud, how bright, how noisy, which tones. Pictures only: numbers come from the engine.
import Meyda from 'meyda';

/** Samples of one look at the sound; a power of two. */
const LOOK_SAMPLES = 2048;
/** Looks that a picture shows: one a block, five seconds. */
const KEPT = 125;
/** Tones of an octave. */
const TONES = 12;

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
  /** Since the start. */
  count = 0;
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
    this.count += 1;
  }
}

/** Silence has no brightness: what is no number is drawn at the bottom. */
function unit(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.min(1, value)) : 0;
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

/** Twelve rows, C at the bottom; more of a tone is more ink. A column a look, kept and shifted; one a colour. */
export class Chroma {
  readonly #columns = document.createElement('canvas');
  readonly #ink: string;
  #count = 0;

  constructor(ink: string) {
    this.#ink = ink;
    [this.#columns.width, this.#columns.height] = [KEPT, TONES];
  }

  draw(g: CanvasRenderingContext2D, width: number, height: number, { list, count }: Looks): void {
    const columns = this.#columns.getContext('2d')!;
    if (count > this.#count) {
      const newest = list.slice(this.#count - count);
      columns.globalAlpha = 1;
      columns.globalCompositeOperation = 'copy';
      columns.drawImage(this.#columns, -newest.length, 0);
      columns.globalCompositeOperation = 'source-over';
      columns.fillStyle = this.#ink;
      newest.forEach(({ chroma, rms }, i) =>
        chroma.forEach((value, tone) => {
          // The tones of silence are tones of nothing.
          columns.globalAlpha = value ** 3 * rms;
          columns.fillRect(KEPT - newest.length + i, TONES - 1 - tone, 1, 1);
        }),
      );
      this.#count = count;
    }
    g.imageSmoothingEnabled = false;
    g.drawImage(this.#columns, 0, 0, width, height);
  }
}
