// What the Live room does: listen, stop, save, present; its buttons and its keys call the same.
import type { LiveRecording } from '../../shared/contract/schemas.ts';
import { app } from '../state/app.svelte.ts';
import { labelStyles } from '../ui/labels.svelte.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { baseName } from '../ui/format.ts';
import { clips } from './clips.svelte.ts';
import { listening } from './listening.svelte.ts';
import { models } from './models.svelte.ts';

const SAVED_SECONDS = 10;

class Room {
  deviceId = $state('');
  presenting = $state(false);
  error = $state.raw<unknown>(null);

  constructor() {
    // After a clip the room is heard again, where it was heard before.
    listening.onClipEnd = () => {
      if (this.#wasMicrophone) void this.start();
    };
  }

  #wasMicrophone = false;

  async start(): Promise<void> {
    const model = models.chosen;
    if (!model) return;
    this.#wasMicrophone = true;
    this.error = null;
    await listening.listen({ kind: 'microphone', deviceId: this.deviceId }, model);
  }

  stop(): void {
    this.#wasMicrophone = false;
    clips.playing = null;
    listening.stop();
  }

  async toggle(): Promise<void> {
    if (listening.on) this.stop();
    else await this.start();
  }

  async useDevice(deviceId: string): Promise<void> {
    this.deviceId = deviceId;
    if (listening.on) await this.start();
  }

  freeze(): void {
    listening.frozen = !listening.frozen;
  }

  /** Keeps the last seconds; the model's opinion goes with them, unconfirmed. */
  async save(): Promise<LiveRecording | null> {
    if (listening.now === null) return null;
    this.error = null;
    try {
      const saved = await listening.save(SAVED_SECONDS);
      const { opinion } = saved;
      const words = opinion
        ? `unconfirmed: ${labelStyles.of(opinion.label).name.toLowerCase()} ${opinion.probability.toFixed(2)}`
        : 'no voice heard';
      toasts.show({
        text: `Saved ${baseName(saved.file)}, ${words}`,
        label: opinion?.label ?? null,
        decided: opinion !== null,
        action: { label: 'Label it', run: () => this.#openRecordings(saved) },
      });
      return saved;
    } catch (error) {
      this.error = error;
      return null;
    }
  }

  async #openRecordings({ corpusId }: LiveRecording): Promise<void> {
    await app.refresh();
    app.show(corpusId);
    app.room = 'label';
  }

  async present(): Promise<void> {
    this.presenting = true;
    await document.documentElement.requestFullscreen?.().catch(() => undefined);
  }

  endPresenting(): void {
    this.presenting = false;
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  }
}

export const room = new Room();
