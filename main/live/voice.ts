// Where in a stream somebody speaks: WebRTC's voice activity detector (libfvad, as WebAssembly) behind a level gate.
import createFvad, { type FvadModule } from '@echogarden/fvad-wasm';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resample } from '../audio/resample.ts';
import { levelDbfs } from './level.ts';
import { Ring } from './ring.ts';

/** Length of one decision. */
export const FRAME_SECONDS = 0.02;
/** The detector hears telephone speech in its bands; this rate holds them all. */
const DETECTOR_RATE_HZ = 16_000;
const FRAME_SAMPLES = DETECTOR_RATE_HZ * FRAME_SECONDS;
/** 0 hears most, 3 least: 2 lets little but speech through. */
const AGGRESSIVENESS = 2;
/** Sound on both sides of a frame, so that its resampling is that of the stream. */
const MARGIN_SECONDS = 0.01;
const KEPT_SECONDS = 4;
const BYTES_PER_SAMPLE = 2;

const require = createRequire(import.meta.url);

/** One frame, once the stream has passed it. */
export interface VoiceFrame {
  /** Samples of the device, [from, until). */
  readonly from: number;
  readonly until: number;
  readonly levelDbfs: number;
  readonly speech: boolean;
}

/** Decides frame by frame; remembers the last seconds. Its noise estimate adapts, so a stream has its own. */
export class VoiceActivity {
  /** Below it no frame is speech, whatever the detector says. */
  gateDbfs: number;
  readonly #fvad: FvadModule;
  readonly #handle: number;
  readonly #buffer: number;
  readonly #rateHz: number;
  readonly #ring: Ring;
  #frame = 0;
  #frames: VoiceFrame[] = [];

  static async create(sampleRateHz: number, gateDbfs: number): Promise<VoiceActivity> {
    const wasmBinary = readFileSync(require.resolve('@echogarden/fvad-wasm/fvad.wasm'));
    return new VoiceActivity(await createFvad({ wasmBinary }), sampleRateHz, gateDbfs);
  }

  private constructor(fvad: FvadModule, sampleRateHz: number, gateDbfs: number) {
    this.#fvad = fvad;
    this.#rateHz = sampleRateHz;
    this.gateDbfs = gateDbfs;
    this.#handle = fvad._fvad_new();
    fvad._fvad_set_sample_rate(this.#handle, DETECTOR_RATE_HZ);
    fvad._fvad_set_mode(this.#handle, AGGRESSIVENESS);
    this.#buffer = fvad._malloc(FRAME_SAMPLES * BYTES_PER_SAMPLE);
    this.#ring = new Ring(Math.ceil(KEPT_SECONDS * sampleRateHz));
  }

  /** Takes the next samples of the stream. */
  append(samples: Float32Array): void {
    // In pieces that the ring holds whole: a long one would push out what is not yet decided.
    const most = Math.floor((KEPT_SECONDS / 2) * this.#rateHz);
    for (let at = 0; at < samples.length; at += most) {
      this.#ring.append(samples.subarray(at, at + most));
      this.#decide();
    }
  }

  /** Decided frames that lie in the device's samples [from, until), of the last seconds. */
  frames(from: number, until: number): readonly VoiceFrame[] {
    return this.#frames.filter((frame) => frame.from >= from && frame.until <= until);
  }

  #startOf(frame: number): number {
    return Math.round(frame * FRAME_SECONDS * this.#rateHz);
  }

  #decide(): void {
    const margin = Math.round(MARGIN_SECONDS * this.#rateHz);
    let last = this.#frame;
    while (this.#startOf(last + 1) + margin <= this.#ring.end) last++;
    if (last === this.#frame) return;
    const from = Math.max(0, this.#startOf(this.#frame) - margin);
    const device = this.#ring.slice(from, this.#startOf(last) + margin);
    const heard = resample(device, this.#rateHz, DETECTOR_RATE_HZ);
    for (; this.#frame < last; this.#frame++) {
      const [start, until] = [this.#startOf(this.#frame), this.#startOf(this.#frame + 1)];
      const at = Math.round(((start - from) * DETECTOR_RATE_HZ) / this.#rateHz);
      const level = levelDbfs(device, start - from, until - from);
      const speech = this.#isSpeech(heard, at) && level >= this.gateDbfs;
      this.#frames.push({ from: start, until, levelDbfs: level, speech });
    }
    this.#frames = this.#frames.slice(-KEPT_SECONDS / FRAME_SECONDS);
  }

  #isSpeech(heard: Float32Array, at: number): boolean {
    // The memory may have grown since the last frame: its view is taken anew.
    const frame = this.#fvad.HEAP16.subarray(this.#buffer / BYTES_PER_SAMPLE).subarray(0, FRAME_SAMPLES);
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      frame[i] = Math.max(-32_768, Math.min(32_767, Math.round((heard[at + i] ?? 0) * 32_768)));
    }
    return this.#fvad._fvad_process(this.#handle, this.#buffer, FRAME_SAMPLES) === 1;
  }
}
