// Whether a window holds enough of a voice to be answered.
import type { VoiceFrame } from './voice.ts';

/** Shares of the window with a voice, to open and to stay open. */
const OPEN_SHARE = 0.4;
const STAY_SHARE = 0.25;
/** Pauses between words are shorter; whoever is silent for longer has stopped. */
const PAUSE_FRAMES = 15;

/** Opens on enough speech, closes on a pause or on too little; a gate a stream. */
export class Gate {
  #open = false;

  /** @param frames of the window, in order */
  update(frames: readonly VoiceFrame[]): { speech: number; voiced: boolean } {
    const count = frames.filter(({ speech }) => speech).length;
    const speech = frames.length === 0 ? 0 : count / frames.length;
    const heardLately = frames.slice(-PAUSE_FRAMES).some((frame) => frame.speech);
    this.#open = heardLately && speech >= (this.#open ? STAY_SHARE : OPEN_SHARE);
    return { speech, voiced: this.#open };
  }
}
