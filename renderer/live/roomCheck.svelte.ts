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
const TAIL_MS = 900;

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
    if (!model || known.length === 0) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.running = true;
    this.error = null;
    this.done = [];
    this.total = known.length;
    try {
      for (const clip of known) {
        const wav = await engine.client.clips.audio({ clipId: clip.clipId });
        const { settings } = listening;
        const { opinion } = await engine.client.live.file({ ...model, file: wav, settings });
        const throughRoom = await this.#hear(wav, abort.signal);
        this.done = [...this.done, { ...clip, direct: opinion?.label ?? null, throughRoom }];
      }
    } catch (error) {
      if (!abort.signal.aborted) this.error = error;
    } finally {
      this.running = false;
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Plays a clip aloud; the best mean of what was heard meanwhile, as for a file. */
  async #hear(wav: File, signal: AbortSignal): Promise<string | null> {
    if (listening.ears.state !== 'open') throw new Error('The microphone is not listening.');
    const url = URL.createObjectURL(wav);
    const audio = new Audio(url);
    const from = listening.heard.atSeconds;
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        audio.addEventListener('ended', () => setTimeout(resolve, TAIL_MS), { once: true });
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
}

/** The label with the best mean of the raw probabilities. */
function best(windows: readonly Pick<LiveWindow, 'raw'>[], labels: readonly string[]): string | null {
  const answers = windows.map(({ raw }) => raw).filter((raw) => raw !== null);
  if (answers.length === 0) return null;
  const sums = labels.map((_, i) => answers.reduce((sum, raw) => sum + raw[i]!, 0));
  return labels[sums.indexOf(Math.max(...sums))] ?? null;
}

export const roomCheck = new RoomCheck();
