// Plays a sound of any length from blocks that are fetched as they are needed, to the sample; never more than a few held.
//
// It shows itself as a media element does, as far as wavesurfer.js looks at one: currentTime, paused, play, pause, events.

export interface StreamedSound {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples a channel. */
  readonly frames: number;
  /** Interleaved 16-bit samples, fewer at the end. */
  read(first: number, frames: number): Promise<Int16Array>;
}

/** A stretch to be played, in seconds; `loop`: again and again. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly loop?: boolean;
}

const BLOCK_SECONDS = 2;
const AHEAD_SECONDS = 5;
/** Between the wish and the first sample: what the sound card needs to be ready. */
const START_SECONDS = 0.02;
const PUMP_MS = 200;
/** Rates that every audio context takes; others are played at the sound card's own. */
const CONTEXT_RATES = { least: 8_000, most: 96_000 };

/** A stretch of the sound that has been handed to the sound card. */
interface Scheduled {
  readonly startsAt: number;
  readonly fromSeconds: number;
  readonly seconds: number;
  readonly source: AudioBufferSourceNode;
}

export class StreamedAudio extends EventTarget {
  /** Of a media element, for those who take this for one. */
  readonly currentSrc = '';
  volume = 1;
  muted = false;
  playbackRate = 1;
  readonly readyState = 4;
  readonly seeking = false;
  error: unknown = null;
  #sound: StreamedSound | null = null;
  #context: AudioContext | null = null;
  #scheduled: Scheduled[] = [];
  #blocks = new Map<number, Promise<AudioBuffer>>();
  #span: Span | null = null;
  #position = 0;
  #playing = false;
  /** Counts starts and stops: what belongs to an earlier one ends. */
  #turn = 0;

  /** Always empty: wavesurfer.js would fetch, without being asked to, what it finds here when it is made. */
  get src(): string {
    return '';
  }

  set src(_url: string) {
    // The sound is given to `open`.
  }

  get duration(): number {
    return this.#sound ? this.#sound.frames / this.#sound.sampleRateHz : 0;
  }

  get paused(): boolean {
    return !this.#playing;
  }

  get ended(): boolean {
    return !this.#playing && this.duration > 0 && this.#position >= this.duration;
  }

  get currentTime(): number {
    if (!this.#playing || !this.#context) return this.#position;
    const now = this.#context.currentTime;
    const heard = this.#scheduled.findLast(({ startsAt }) => startsAt <= now);
    if (!heard) return this.#position;
    return heard.fromSeconds + Math.min(now - heard.startsAt, heard.seconds);
  }

  set currentTime(seconds: number) {
    const to = Math.max(0, Math.min(this.duration, seconds));
    const wasPlaying = this.#playing;
    this.#stop();
    this.#position = to;
    this.#tell('seeking', 'timeupdate', 'seeked');
    // A seek while a stretch plays leaves the stretch.
    if (wasPlaying) void this.#start(null).catch((error: unknown) => this.#fail(error));
  }

  /** Another sound, stopped at its start; its first block is fetched at once. */
  open(sound: StreamedSound): void {
    const wasPlaying = this.#playing;
    this.#stop();
    if (wasPlaying) this.#tell('pause');
    this.#sound = sound;
    this.#blocks.clear();
    this.#position = 0;
    this.error = null;
    this.#tell('durationchange', 'loadedmetadata', 'canplay', 'timeupdate');
  }

  /** Plays on from where it is; from the start where it is at the end. @throws where the sound cannot be fetched */
  async play(): Promise<void> {
    if (this.#playing || !this.#sound) return;
    if (this.#position >= this.duration) this.#position = 0;
    await this.#start(null);
  }

  /** Plays a stretch and stops at its end, or loops it. @throws as play */
  async playSpan(span: Span): Promise<void> {
    if (!this.#sound) return;
    this.#stop();
    this.#position = Math.max(0, Math.min(this.duration, span.fromSeconds));
    await this.#start(span);
  }

  pause(): void {
    if (!this.#playing) return;
    this.#position = this.currentTime;
    this.#stop();
    this.#tell('timeupdate', 'pause');
  }

  load(): void {}
  remove(): void {}
  removeAttribute(): void {}
  canPlayType(): CanPlayTypeResult {
    return 'maybe';
  }

  async #start(span: Span | null): Promise<void> {
    const turn = ++this.#turn;
    this.#playing = true;
    this.#span = span;
    this.#tell('play');
    const context = this.#contextFor(this.#sound!.sampleRateHz);
    let cursor = this.#position;
    try {
      await context.resume();
      let at = 0;
      while (turn === this.#turn) {
        const end = Math.min(this.duration, span?.toSeconds ?? Infinity);
        if (cursor >= end - 1e-6) {
          if (!span?.loop) break;
          cursor = span.fromSeconds;
        }
        const { sampleRateHz } = this.#sound!;
        const index = Math.floor((cursor * sampleRateHz + 0.5) / this.#blockFrames());
        const block = await this.#block(index);
        if (turn !== this.#turn) return;
        const blockFrom = (index * this.#blockFrames()) / sampleRateHz;
        const seconds = Math.min(blockFrom + block.duration, end) - cursor;
        if (seconds <= 0) break;
        // A block that comes late moves what follows it.
        at = Math.max(at, context.currentTime + START_SECONDS);
        this.#schedule(context, block, { startsAt: at, fromSeconds: cursor, seconds }, cursor - blockFrom);
        cursor += seconds;
        at += seconds;
        while (turn === this.#turn && at - context.currentTime > AHEAD_SECONDS) await later(PUMP_MS);
      }
      while (turn === this.#turn && context.currentTime < at) await later((at - context.currentTime) * 1000);
      if (turn !== this.#turn) return;
      this.#position = Math.min(cursor, this.duration);
      this.#stop();
      this.#tell('timeupdate', 'pause');
      if (this.ended) this.#tell('ended');
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#stop();
      this.#tell('pause');
      throw error;
    }
  }

  #schedule(
    context: AudioContext,
    block: AudioBuffer,
    place: Omit<Scheduled, 'source'>,
    offsetSeconds: number,
  ): void {
    const source = context.createBufferSource();
    source.buffer = block;
    source.connect(context.destination);
    source.start(place.startsAt, offsetSeconds, place.seconds);
    const now = context.currentTime;
    this.#scheduled = this.#scheduled.filter(({ startsAt, seconds }) => startsAt + seconds > now - 1);
    this.#scheduled.push({ ...place, source });
  }

  #stop(): void {
    this.#turn += 1;
    this.#playing = false;
    this.#span = null;
    for (const { source } of this.#scheduled) {
      source.stop();
      source.disconnect();
    }
    this.#scheduled = [];
  }

  /** Whether a stretch, not the sound, is playing. */
  get span(): Span | null {
    return this.#span;
  }

  #blockFrames(): number {
    return Math.ceil(BLOCK_SECONDS * this.#sound!.sampleRateHz);
  }

  /** Fetches the block at the position ahead of its being played, and asks for the sound card. */
  prefetch(): void {
    const sound = this.#sound;
    if (!sound) return;
    this.#block(Math.floor(this.#position / BLOCK_SECONDS)).catch(() => undefined);
    // The first context takes some 50 ms, which the first clip that plays would wait for. Before a gesture there is none.
    if (this.#context || !navigator.userActivation.hasBeenActive) return;
    requestIdleCallback(() => {
      if (!this.#context && sound === this.#sound) this.#contextFor(sound.sampleRateHz);
    });
  }

  #block(index: number): Promise<AudioBuffer> {
    const known = this.#blocks.get(index);
    if (known) return known;
    const sound = this.#sound!;
    const made = sound.read(index * this.#blockFrames(), this.#blockFrames()).then((samples) => {
      const frames = samples.length / sound.channels;
      if (frames === 0) throw new Error('The sound ended before it should.');
      const buffer = new AudioBuffer({
        length: frames,
        numberOfChannels: sound.channels,
        sampleRate: sound.sampleRateHz,
      });
      for (let channel = 0; channel < sound.channels; channel += 1) {
        const values = buffer.getChannelData(channel);
        for (let i = 0, at = channel; i < frames; i += 1, at += sound.channels)
          values[i] = samples[at]! / 32768;
      }
      return buffer;
    });
    made.catch(() => this.#blocks.delete(index));
    this.#blocks.set(index, made);
    const most = Math.ceil((2 * AHEAD_SECONDS) / BLOCK_SECONDS);
    for (const [other] of this.#blocks) {
      if (this.#blocks.size <= most) break;
      if (other !== index) this.#blocks.delete(other);
    }
    return made;
  }

  #contextFor(rateHz: number): AudioContext {
    const { least, most } = CONTEXT_RATES;
    const wanted = Math.max(least, Math.min(most, rateHz));
    if (this.#context?.sampleRate !== wanted) {
      void this.#context?.close();
      this.#context = new AudioContext({ sampleRate: wanted });
    }
    return this.#context;
  }

  #fail(error: unknown): void {
    this.error = error;
    this.#tell('error');
  }

  #tell(...events: string[]): void {
    for (const event of events) this.dispatchEvent(new Event(event));
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(4, ms)));
}
