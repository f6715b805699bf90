// Listens to a clip once: its peak, its loudest moment, samples that were clipped, data that break off.
import { AudioError } from '../audio/audioError.ts';
import { openAudio } from '../audio/decode.ts';
import type { Block } from '../audio/format.ts';
import type { AudioCheck } from '../store/checks.ts';

/** Full scale of 16 bits is 0.99997; of what a limiter lets through, less. */
const FULL_SCALE = 0.9999;
/** A peak may touch full scale by chance; a waveform whose top is cut off stays there. */
const CLIPPED_RUN = 3;
const WINDOW_SECONDS = 0.02;

/**
 * What the data of a file tell, at its own rate and over all its channels; null where the file cannot be read now.
 * @param file absolute
 */
export async function listenTo(file: string): Promise<AudioCheck | null> {
  let listener: Listener | undefined;
  try {
    const audio = await openAudio(file);
    listener = new Listener(audio.header.sampleRateHz, audio.header.channels);
    for await (const block of audio) listener.hear(block);
    return listener.heard(null);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    if (error.code === 'unreadable') return null;
    return (listener ?? new Listener(1, 1)).heard(error.reason);
  }
}

/** Takes a clip's blocks in order. Samples at full scale +-1. */
export class Listener {
  readonly #windowFrames: number;
  readonly #channels: number;
  /** Samples at full scale that a channel's last ones are in a row. */
  readonly #runs: number[];
  #peak = 0;
  #clipped = 0;
  #loudest = 0;
  #energy = 0;
  #frames = 0;

  constructor(sampleRateHz: number, channels: number) {
    this.#windowFrames = Math.max(1, Math.round(sampleRateHz * WINDOW_SECONDS));
    this.#channels = channels;
    this.#runs = new Array<number>(channels).fill(0);
  }

  hear(block: Block): void {
    const frames = block[0]?.length ?? 0;
    for (let start = 0; start < frames;) {
      const end = Math.min(frames, start + this.#windowFrames - this.#frames);
      for (let channel = 0; channel < this.#channels; channel++) {
        this.#hearChannel(block[channel]!, channel, start, end);
      }
      this.#frames += end - start;
      if (this.#frames === this.#windowFrames) this.#endWindow();
      start = end;
    }
  }

  heard(fault: string | null): AudioCheck {
    if (this.#frames > 0) this.#endWindow();
    return { peak: this.#peak, loudest: this.#loudest, clippedSamples: this.#clipped, fault };
  }

  #hearChannel(samples: Float32Array, channel: number, start: number, end: number): void {
    let peak = this.#peak;
    let energy = 0;
    let run = this.#runs[channel]!;
    for (let i = start; i < end; i++) {
      const magnitude = Math.abs(samples[i]!);
      energy += magnitude * magnitude;
      if (magnitude > peak) peak = magnitude;
      if (magnitude >= FULL_SCALE) {
        run++;
        if (run === CLIPPED_RUN) this.#clipped += CLIPPED_RUN;
        else if (run > CLIPPED_RUN) this.#clipped++;
      } else run = 0;
    }
    this.#peak = peak;
    this.#energy += energy;
    this.#runs[channel] = run;
  }

  #endWindow(): void {
    const loudness = Math.sqrt(this.#energy / (this.#frames * this.#channels));
    this.#loudest = Math.max(this.#loudest, loudness);
    this.#energy = 0;
    this.#frames = 0;
  }
}
