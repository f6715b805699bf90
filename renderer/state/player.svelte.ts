// The one sound of the window: a clip's outline and its samples come from the engine as they are needed. Never two at once.
import { isAbort } from '../ui/errors.ts';
import type { Peaks } from '../ui/peaks.ts';
import { engine } from './engine.svelte.ts';
import { readOutline } from './outline.ts';
import { type Span, StreamedAudio, type StreamedSound } from './streamedAudio.ts';

export interface Sound extends StreamedSound {
  clipId: number;
  /** Names the sound for wavesurfer.js; nothing is fetched from it. */
  url: string;
  /** Of a long file that is opened for the first time, as far as they are known. */
  peaks: Peaks;
  durationSeconds: number;
}

const KEPT_SOUNDS = 24;
/** While an outline is on its way it is asked for so often. */
const ASK_MS = 200;

class Player {
  readonly #media = new StreamedAudio();
  /** What plays, for wavesurfer.js, which takes media elements. */
  readonly audio = this.#media as unknown as HTMLAudioElement;
  /** What is loaded; kept on screen until the next clip is. */
  sound = $state.raw<Sound | null>(null);
  /** The clip last asked for, loaded or not. */
  clipId = $state<number | null>(null);
  playing = $state(false);
  timeSeconds = $state(0);
  /** The stretch that is being played, where it is not the whole clip. */
  span = $state.raw<Span | null>(null);
  error = $state.raw<unknown>(null);
  #sounds = new Map<number, Promise<Sound>>();
  /** The clip asked for, while its sound is on its way. */
  #loading: Promise<boolean> | null = null;
  /** Where that one is to start: keys that move it are not lost while it comes. */
  #startSeconds = 0;
  /** Counts stops, which also end what waits for its sound to play. */
  #stops = 0;
  /** What waits so, and was not stopped. */
  #waiting = 0;
  #frame = 0;

  constructor() {
    const media = this.#media;
    media.addEventListener('play', () => {
      this.playing = true;
      this.span = media.span;
      this.#follow();
    });
    for (const event of ['pause', 'ended', 'seeking', 'loadedmetadata']) {
      media.addEventListener(event, () => {
        this.playing = !media.paused;
        this.span = media.span;
        this.timeSeconds = media.currentTime;
      });
    }
    media.addEventListener('error', () => (this.error = media.error));
  }

  /** Loads a clip, stopping the one before. True once it is there and still the one wanted. */
  load(clipId: number): Promise<boolean> {
    if (this.clipId === clipId) {
      if (this.#loading) return this.#loading;
      if (this.sound?.clipId === clipId) return Promise.resolve(true);
    }
    this.#media.pause();
    this.clipId = clipId;
    this.error = null;
    this.timeSeconds = this.#startSeconds = 0;
    this.#loading = this.#load(clipId);
    return this.#loading;
  }

  async #load(clipId: number): Promise<boolean> {
    try {
      const sound = await this.#fetch(clipId);
      if (this.clipId !== clipId) return false;
      this.#media.open(sound);
      if (this.#startSeconds > 0) this.#media.currentTime = this.#startSeconds;
      this.#media.prefetch();
      this.sound = sound;
      this.#loading = null;
      if (!sound.peaks.complete) void this.#complete(sound);
      return true;
    } catch (error) {
      if (this.clipId !== clipId) return false;
      this.#loading = null;
      if (!isAbort(error)) {
        this.error = error;
        this.sound = null;
      }
      return false;
    }
  }

  /** Loads a clip ahead of its being shown. */
  prefetch(clipId: number): void {
    this.#fetch(clipId).catch(() => undefined);
  }

  /** Plays a clip once from its start. */
  async playClip(clipId: number): Promise<void> {
    if (!(await this.load(clipId))) return;
    this.pause();
    this.#media.currentTime = 0;
    await this.play();
  }

  async play(): Promise<void> {
    await this.#begin(() => this.#media.play());
  }

  /** Plays a stretch of the loaded clip to the sample, once or in a loop; a pause or a seek ends it. */
  async playSpan(span: Span): Promise<void> {
    await this.#begin(() => this.#media.playSpan(span));
  }

  pause(): void {
    this.#stops += 1;
    this.#waiting = 0;
    this.#media.pause();
  }

  toggle(): void {
    if (this.playing || this.#waiting > 0) this.pause();
    else void this.play();
  }

  /** Moves to a time in seconds, kept inside the clip. */
  seek(seconds: number): void {
    if (this.#loading) this.timeSeconds = this.#startSeconds = Math.max(0, seconds);
    else if (this.sound) this.#media.currentTime = seconds;
  }

  async #begin(start: () => Promise<void>): Promise<void> {
    const stops = this.#stops;
    if (this.#loading) {
      this.#waiting += 1;
      const isThere = await this.#loading;
      if (stops !== this.#stops) return;
      this.#waiting -= 1;
      if (!isThere) return;
    }
    const { sound } = this;
    if (!sound) return;
    try {
      await start();
    } catch (error) {
      const reason = isAbort(error) ? null : await engine.reasonOf(error);
      if (reason !== null && this.sound === sound) this.error = reason;
    }
  }

  #fetch(clipId: number): Promise<Sound> {
    const kept = this.#sounds.get(clipId);
    if (kept) {
      this.#sounds.delete(clipId);
      this.#sounds.set(clipId, kept);
      return kept;
    }
    const sound = fetchSound(clipId);
    this.#sounds.set(clipId, sound);
    sound.catch(() => this.#sounds.delete(clipId));
    for (const oldest of this.#sounds.keys()) {
      if (this.#sounds.size <= KEPT_SOUNDS) break;
      if (oldest !== clipId) this.#sounds.delete(oldest);
    }
    return sound;
  }

  /** Asks for the rest of an outline that was not whole, while its clip is on screen. */
  async #complete(sound: Sound): Promise<void> {
    try {
      for (let known = sound; !known.peaks.complete;) {
        await new Promise((resolve) => setTimeout(resolve, ASK_MS));
        if (this.sound !== known) return;
        const peaks = await readOutline(sound.clipId, sound.frames);
        if (this.sound !== known) return;
        known = { ...known, peaks };
        this.sound = known;
        this.#sounds.set(sound.clipId, Promise.resolve(known));
      }
    } catch (error) {
      if (this.sound?.clipId === sound.clipId && !isAbort(error)) this.error = error;
    }
  }

  #follow(): void {
    cancelAnimationFrame(this.#frame);
    const step = () => {
      this.timeSeconds = this.#media.currentTime;
      this.#media.dispatchEvent(new Event('timeupdate'));
      if (this.playing) this.#frame = requestAnimationFrame(step);
    };
    step();
  }
}

async function fetchSound(clipId: number): Promise<Sound> {
  const info = await engine.client.tracks.sound({ clipId });
  return {
    clipId,
    url: `clip:${clipId}`,
    ...info,
    peaks: await readOutline(clipId, info.frames),
    async read(first, frames) {
      const file = await engine.client.tracks.audio({ clipId, first, frames });
      return new Int16Array(await file.arrayBuffer());
    },
  };
}

export const player = new Player();
