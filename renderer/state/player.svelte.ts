// The one sound of the window: a clip is fetched from the engine, decoded for its outline, and played. Never two at once.
import { isAbort } from '../ui/errors.ts';
import { outline, type Peaks } from '../ui/peaks.ts';
import { engine } from './engine.svelte.ts';

export interface Sound {
  clipId: number;
  /** The WAV, and a blob URL of it. */
  file: Blob;
  url: string;
  peaks: Peaks;
  durationSeconds: number;
}

const KEPT_SOUNDS = 24;
const OUTLINE_POINTS = 8192;
/** Rate the outline is made at: the shape of speech shows in full. */
const OUTLINE_RATE_HZ = 22_050;

class Player {
  readonly audio = new Audio();
  /** What is loaded; kept on screen until the next clip is. */
  sound = $state.raw<Sound | null>(null);
  /** The clip last asked for, loaded or not. */
  clipId = $state<number | null>(null);
  playing = $state(false);
  timeSeconds = $state(0);
  error = $state.raw<unknown>(null);
  #sounds = new Map<number, Promise<Sound>>();
  #frame = 0;

  constructor() {
    this.audio.addEventListener('play', () => {
      this.playing = true;
      this.#follow();
    });
    for (const event of ['pause', 'ended', 'emptied']) {
      this.audio.addEventListener(event, () => {
        this.playing = !this.audio.paused && !this.audio.ended;
        this.timeSeconds = this.audio.currentTime;
      });
    }
    this.audio.addEventListener('seeking', () => (this.timeSeconds = this.audio.currentTime));
  }

  /** Loads a clip, stopping the one before. True once it is there and still the one wanted. */
  async load(clipId: number): Promise<boolean> {
    if (this.clipId === clipId && this.sound?.clipId === clipId) return true;
    this.audio.pause();
    this.clipId = clipId;
    this.error = null;
    try {
      const sound = await this.#fetch(clipId);
      if (this.clipId !== clipId) return false;
      await this.#put(sound.url);
      if (this.clipId !== clipId) return false;
      this.timeSeconds = 0;
      this.sound = sound;
      return true;
    } catch (error) {
      if (this.clipId === clipId && !isAbort(error)) {
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
    this.audio.currentTime = 0;
    await this.play();
  }

  async play(): Promise<void> {
    if (!this.sound) return;
    try {
      await this.audio.play();
    } catch (error) {
      // A pause or the next clip came before the sound did.
      if (!isAbort(error)) this.error = error;
    }
  }

  pause(): void {
    this.audio.pause();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  /** Moves to a time in seconds, kept inside the clip. */
  seek(seconds: number): void {
    if (!this.sound) return;
    this.audio.currentTime = Math.max(0, Math.min(this.sound.durationSeconds, seconds));
    this.timeSeconds = this.audio.currentTime;
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
    for (const [oldest, gone] of this.#sounds) {
      if (this.#sounds.size <= KEPT_SOUNDS) break;
      if (oldest === this.sound?.clipId || oldest === clipId) continue;
      this.#sounds.delete(oldest);
      gone.then(({ url }) => URL.revokeObjectURL(url)).catch(() => undefined);
    }
    return sound;
  }

  /** Gives the element its source and waits until it knows it: the waveform then finds it in place. */
  #put(url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (event: Event) => {
        this.audio.removeEventListener('loadedmetadata', settle);
        this.audio.removeEventListener('error', settle);
        if (event.type === 'error' && this.audio.src === url) {
          reject(new Error(this.audio.error?.message || 'The sound could not be played.'));
        } else resolve();
      };
      this.audio.addEventListener('loadedmetadata', settle);
      this.audio.addEventListener('error', settle);
      this.audio.src = url;
    });
  }

  #follow(): void {
    cancelAnimationFrame(this.#frame);
    const step = () => {
      this.timeSeconds = this.audio.currentTime;
      if (this.playing) this.#frame = requestAnimationFrame(step);
    };
    step();
  }
}

async function fetchSound(clipId: number): Promise<Sound> {
  const file = await engine.client.clips.audio({ clipId });
  const decoder = new OfflineAudioContext(1, 1, OUTLINE_RATE_HZ);
  const decoded = await decoder.decodeAudioData(await file.arrayBuffer());
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, i) => decoded.getChannelData(i));
  return {
    clipId,
    file,
    url: URL.createObjectURL(file),
    peaks: outline(channels, OUTLINE_POINTS),
    durationSeconds: decoded.duration,
  };
}

export const player = new Player();
