// One stream from samples to answers: ring, voice, features, model, tracker. It runs in the live process.
import type { LiveSpeaker, LiveWindow } from '../../shared/contract/schemas.ts';
import { createFastExtractor } from '../../shared/dsp/kernel/extractor.ts';
import type { Matrix } from '../../shared/dsp/matrix.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { resample } from '../audio/resample.ts';
import { createDescriptors, type Descriptors } from './descriptors.ts';
import { Gate } from './gate.ts';
import { levelDbfs } from './level.ts';
import { Ring } from './ring.ts';
import { Tracker, type TrackerSettings } from './tracker.ts';
import { VoiceActivity } from './voice.ts';
import { firstEnd, planWindows, type WindowPlan } from './windows.ts';

/** Probabilities of one window's features, neither padded nor cut. @param speaker who was calibrated, if anybody */
export type Predict = (features: Matrix, speaker: LiveSpeaker | null) => Promise<Float32Array>;

/** What listens: a network with the features it was trained on. */
export interface ListenerModel {
  readonly features: FeatureSpec;
  readonly labels: readonly string[];
  readonly predict: Predict;
}

export interface ListenerOptions {
  readonly sampleRateHz: number;
  readonly model: ListenerModel;
  readonly settings: TrackerSettings & { readonly gateDbfs: number; readonly speaker?: LiveSpeaker | null };
  /** Answers every window in its turn; else only the newest one there is. */
  readonly everyWindow: boolean;
  /** Seconds of the stream that can be read again. */
  readonly keptSeconds: number;
}

/** What is kept of a window that was answered, to be written beside a recording. */
export type KeptWindow = Pick<
  LiveWindow,
  'startSample' | 'endSample' | 'voiced' | 'raw' | 'answer' | 'state'
>;

const NO_VOICE: Descriptors = { pitchHz: null, centroidHz: null, flatness: null };

export class Listener {
  readonly ring: Ring;
  readonly #options: ListenerOptions;
  readonly #voice: VoiceActivity;
  readonly #gate = new Gate();
  #model: ListenerModel;
  #plan: WindowPlan;
  #tracker: Tracker;
  #extract: ReturnType<typeof createFastExtractor>;
  #describe: ReturnType<typeof createDescriptors>;
  #speaker: LiveSpeaker | null;
  #nextEnd: number;
  #windows: KeptWindow[] = [];
  /** Since the first answer: what came before a model was ready is nobody's loss. */
  droppedWindows = 0;
  /** Since the start. */
  missedSamples = 0;

  /** @throws DspError where no sound has the recipe's features */
  static async create(options: ListenerOptions): Promise<Listener> {
    const voice = await VoiceActivity.create(options.sampleRateHz, options.settings.gateDbfs);
    return new Listener(options, voice);
  }

  private constructor(options: ListenerOptions, voice: VoiceActivity) {
    this.#options = options;
    this.#voice = voice;
    this.ring = new Ring(Math.ceil(options.keptSeconds * options.sampleRateHz));
    this.#model = options.model;
    this.#plan = planWindows(options.model.features, options.sampleRateHz);
    this.#tracker = new Tracker(options.model.labels, options.settings);
    this.#extract = createFastExtractor(options.model.features);
    this.#describe = createDescriptors(options.model.features);
    this.#speaker = options.settings.speaker ?? null;
    this.#nextEnd = firstEnd(this.#plan);
  }

  /** Windows of the kept stretch, oldest first. */
  get windows(): readonly KeptWindow[] {
    return this.#windows;
  }

  get sampleRateHz(): number {
    return this.#options.sampleRateHz;
  }

  /** Goes on with another model; the stream, its gate and what was heard stay. */
  use(model: ListenerModel): void {
    this.#model = model;
    this.#plan = planWindows(model.features, this.sampleRateHz);
    this.#tracker = new Tracker(model.labels, this.#tracker.settings);
    this.#extract = createFastExtractor(model.features);
    this.#describe = createDescriptors(model.features);
    this.#nextEnd = Math.max(this.#nextEnd, firstEnd(this.#plan, this.ring.start));
  }

  adjust({ gateDbfs, speaker = null, ...settings }: ListenerOptions['settings']): void {
    this.#voice.gateDbfs = gateDbfs;
    this.#speaker = speaker;
    this.#tracker.settings = settings;
  }

  /**
   * Takes the next samples. Silence stands for a gap before them, so that time is never lost; what came twice is not
   * taken again.
   * @param at place of the first one in the stream
   */
  push(samples: Float32Array, at: number): void {
    const gap = at - this.ring.end;
    if (gap > 0) {
      this.missedSamples += gap;
      this.#append(new Float32Array(Math.min(gap, this.#options.keptSeconds * this.sampleRateHz)));
    }
    this.#append(gap < 0 ? samples.subarray(-gap) : samples);
  }

  #append(samples: Float32Array): void {
    this.ring.append(samples);
    this.#voice.append(samples);
  }

  /** Whether a window waits for its answer. */
  get due(): boolean {
    return this.ring.end >= this.#nextEnd;
  }

  /** Answers the next window; where several wait and not every one is asked for, the newest of them. Call while due. */
  async step(): Promise<LiveWindow> {
    const started = performance.now();
    const { windowSamples, hopSamples } = this.#plan;
    if (!this.#options.everyWindow) {
      const late = Math.floor((this.ring.end - this.#nextEnd) / hopSamples);
      if (this.#windows.length > 0) this.droppedWindows += late;
      this.#nextEnd += late * hopSamples;
    }
    const endSample = this.#nextEnd;
    const startSample = endSample - windowSamples;
    this.#nextEnd += hopSamples;
    const device = this.ring.slice(startSample, endSample);
    const { speech, voiced } = this.#gate.update(this.#voice.frames(startSample, endSample));
    const answered = voiced ? await this.#ask(device) : null;
    const raw = answered?.raw ?? null;
    const window: LiveWindow = {
      ...{ startSample, endSample, speech, voiced, raw },
      ...this.#tracker.update(raw, endSample / this.sampleRateHz),
      levelDbfs: levelDbfs(device, windowSamples - hopSamples),
      ...(answered?.descriptors ?? NO_VOICE),
      featuresMs: answered?.featuresMs ?? 0,
      modelMs: answered?.modelMs ?? 0,
      totalMs: performance.now() - started,
    };
    this.#keep(window);
    return window;
  }

  /** As a recording of exactly these samples would be: resampled whole, its features computed, asked. */
  async #ask(device: Float32Array) {
    const { features: spec, predict } = this.#model;
    const began = performance.now();
    const samples = resample(device, this.sampleRateHz, spec.sampleRateHz);
    const features = this.#extract(samples);
    const descriptors = this.#describe(samples);
    const featuresMs = performance.now() - began;
    const raw = [...(await predict(features, this.#speaker))];
    return { raw, descriptors, featuresMs, modelMs: performance.now() - began - featuresMs };
  }

  #keep({ startSample, endSample, voiced, raw, answer, state }: LiveWindow): void {
    this.#windows.push({ startSample, endSample, voiced, raw, answer, state });
    while (this.#windows[0]!.startSample < this.ring.start) this.#windows.shift();
  }

  /** Decided 20 ms frames, of the last seconds. */
  voiceFrames(from: number, until: number): ReturnType<VoiceActivity['frames']> {
    return this.#voice.frames(from, until);
  }
}
