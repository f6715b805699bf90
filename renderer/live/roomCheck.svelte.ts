// The room check: known clips out of the loudspeakers, recognised through the microphone, beside what is recognised directly.
import { engine } from '../state/engine.svelte.ts';
import type { LiveWindow } from '../../shared/contract/schemas.ts';
import { clips } from './clips.svelte.ts';
import { listening } from './listening.svelte.ts';
import { models } from './models.svelte.ts';
import type { KnownClip } from './spread.ts';

/** Clips of every label. */
const EACH = 2;
/** Sound needs so long through loudspeaker, room and microphone; the last windows too. */
const TAIL_SECONDS = 0.9;
const STEP_MS = 50;

export interface CheckedClip extends KnownClip {
  readonly direct: string | null;
  readonly throughRoom: string | null;
}

class RoomCheck {
  running = $state(false);
  done = $state.raw<readonly CheckedClip[]>([]);
  total = $state(0);
  error = $state.raw<unknown>(null);
  #abort: AbortController | null = null;

  readonly direct = $derived(this.done.filter(({ label, direct }) => direct === label).length);
  readonly throughRoom = $derived(this.done.filter(({ label, throughRoom }) => throughRoom === label).length);
  /** Clips that the microphone did not hear. */
  readonly unheard = $derived(this.done.filter(({ throughRoom }) => throughRoom === null).length);

  async run(): Promise<void> {
    const model = models.chosen;
    const known = clips.sample(EACH);
    if (!model || this.running) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.running = true;
    this.error = null;
    this.done = [];
    this.total = known.length;
    const { signal } = abort;
    try {
      if (known.length === 0)
        throw new Error('The run has no clips that it was tested on: there is nothing to compare with.');
      for (const clip of known) {
        const { clipId } = clip;
        const wav = await engine.client.clips.audio({ clipId }, { signal });
        const settings = { ...listening.settings, speaker: null };
        const { opinion } = await engine.client.live.file({ ...model, file: wav, settings }, { signal });
        const throughRoom = await this.#hear(wav, signal);
        this.done = [...this.done, { ...clip, direct: opinion?.label ?? null, throughRoom }];
      }
    } catch (error) {
      if (!signal.aborted) this.error = error;
    } finally {
      if (this.#abort === abort) this.running = false;
    }
  }

  /** What was checked so far stays to be seen. */
  cancel(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.running = false;
  }

  /** Plays a clip aloud; the best mean of what was heard meanwhile, as for a file. */
  async #hear(wav: File, signal: AbortSignal): Promise<string | null> {
    signal.throwIfAborted();
    if (listening.ears.state !== 'open') throw new Error('The microphone is not listening.');
    const url = URL.createObjectURL(wav);
    const audio = new Audio(url);
    const from = listening.heard.atSeconds;
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        audio.addEventListener('ended', () => void this.#tail(signal).then(resolve, reject), { once: true });
        audio.addEventListener('error', () => reject(new Error('The clip cannot be played.')), {
          once: true,
        });
        audio.play().catch(reject);
      });
    } finally {
      audio.pause();
      URL.revokeObjectURL(url);
    }
    const heard = listening.windows.filter(({ atSeconds }) => atSeconds > from);
    return best(heard, listening.model?.labels ?? []);
  }

  /** Until the last of it has been heard, by what is heard and not by the clock. */
  async #tail(signal: AbortSignal): Promise<void> {
    const untilSeconds = listening.heard.atSeconds + TAIL_SECONDS;
    while ((listening.windows.at(-1)?.atSeconds ?? 0) < untilSeconds) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      signal.throwIfAborted();
      if (listening.ears.source === null) throw new Error('The microphone is not listening.');
    }
  }
}

/** The label with the best mean of the raw probabilities. */
function best(windows: readonly Pick<LiveWindow, 'raw'>[], labels: readonly string[]): string | null {
  const answers = windows.map(({ raw }) => raw).filter((raw) => raw !== null);
  if (answers.length === 0) return null;
  const sums = labels.map((_, i) => answers.reduce((sum, raw) => sum + raw[i]!, 0));
  return labels[sums.indexOf(Math.max(...sums))] ?? null;
}

export const roomCheck = new RoomCheck();
