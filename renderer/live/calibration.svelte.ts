// Ten seconds that fit the gate to the room and know the speaker: three of quiet, seven of neutral speech.
import type { LiveCalibration } from '../../shared/contract/schemas.ts';
import { listening } from './listening.svelte.ts';

const QUIET_SECONDS = 3;
const SPEECH_SECONDS = 7;
const STEP_MS = 100;

export type CalibrationStep = 'quiet' | 'speech';

class Calibration {
  step = $state<CalibrationStep | null>(null);
  secondsLeft = $state(0);
  result = $state.raw<LiveCalibration | null>(null);
  at = $state.raw<Date | null>(null);
  error = $state.raw<unknown>(null);
  #abort: AbortController | null = null;

  /** Listens must be on; the gate is set at the end. */
  async run(): Promise<void> {
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    this.error = null;
    try {
      const begun = listening.samples;
      await this.#wait('quiet', QUIET_SECONDS, abort.signal);
      const spoke = listening.samples;
      await this.#wait('speech', SPEECH_SECONDS, abort.signal);
      const ended = listening.samples;
      const result = await listening.calibrate(
        { fromSample: begun, untilSample: spoke },
        { fromSample: spoke, untilSample: ended },
      );
      if (abort.signal.aborted) return;
      this.result = result;
      this.at = new Date();
      listening.adjust({ gateDbfs: result.gateDbfs });
    } catch (error) {
      if (!abort.signal.aborted) this.error = error;
    } finally {
      if (this.#abort === abort) this.step = null;
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.step = null;
  }

  async #wait(step: CalibrationStep, seconds: number, signal: AbortSignal): Promise<void> {
    this.step = step;
    const endMs = performance.now() + seconds * 1000;
    while (performance.now() < endMs) {
      this.secondsLeft = Math.ceil((endMs - performance.now()) / 1000);
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      signal.throwIfAborted();
      if (!listening.on) throw new Error('Listening stopped before the measurement was done.');
    }
  }
}

export const calibration = new Calibration();
