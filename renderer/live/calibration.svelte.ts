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

  /** Whether there is a stream that can be measured. */
  readonly ready = $derived(listening.ears.state === 'open' && listening.now !== null);

  /** Sets the gate at the end. Nothing happens where nothing is heard yet. */
  async run(): Promise<void> {
    if (!this.ready) return;
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    this.error = null;
    try {
      const stream = listening.sessionId;
      const begun = listening.samples;
      await this.#hear('quiet', QUIET_SECONDS, stream, abort.signal);
      const spoke = listening.samples;
      await this.#hear('speech', SPEECH_SECONDS, stream, abort.signal);
      const ended = listening.samples;
      const result = await listening.calibrate(
        { fromSample: begun, untilSample: spoke },
        { fromSample: spoke, untilSample: ended },
      );
      if (abort.signal.aborted) return;
      this.result = result;
      this.at = new Date();
      listening.adjust({ gateDbfs: result.gateDbfs, speaker: result.speaker });
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

  /** Counts what is heard and not the clock: a device that runs late is waited for. */
  async #hear(
    step: CalibrationStep,
    seconds: number,
    stream: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    this.step = step;
    const untilSeconds = listening.heard.atSeconds + seconds;
    while (listening.heard.atSeconds < untilSeconds) {
      this.secondsLeft = Math.ceil(untilSeconds - listening.heard.atSeconds);
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      signal.throwIfAborted();
      if (stream === null || listening.sessionId !== stream)
        throw new Error('Listening was interrupted before the measurement was done: calibrate again.');
    }
  }
}

export const calibration = new Calibration();
