// The source that is open, and what became of it: refused, unplugged, muted, changed; it comes back by itself.
import { inputs, withoutDefault, type Input } from './inputs.svelte.ts';
import { openClip, openMicrophone, type Block, type Source } from './source.ts';

/** What is wanted: a microphone ('' for the system's choice) or a clip. */
export type Wanted =
  { kind: 'microphone'; deviceId: string } | { kind: 'clip'; wav: File; sampleRateHz: number; name: string };

export type EarsState =
  | 'off'
  | 'opening'
  | 'open'
  /** The person or the system says no. */
  | 'refused'
  /** There is no microphone at all. */
  | 'none'
  /** The one that was wanted is gone. */
  | 'lost'
  /** Open, and it gives nothing. */
  | 'muted'
  /** Another program has it, or the system failed. */
  | 'failed';

/** Digital silence for so long is no quiet room: something is switched off. */
const MUTED_AFTER_SECONDS = 3;
/** After a failure the next attempt follows. */
const RETRY_MS = 1500;

const STATE_OF_ERROR: ReadonlyMap<string, EarsState> = new Map([
  ['NotAllowedError', 'refused'],
  ['SecurityError', 'refused'],
  ['NotFoundError', 'none'],
  ['OverconstrainedError', 'lost'],
]);

export class Ears {
  state = $state<EarsState>('off');
  source = $state.raw<Source | null>(null);
  /** What the system said of a failure. */
  reason = $state('');
  /** The system's choice became another device, by its name where it has one, and was followed; null: told, or not. */
  moved = $state<string | null>(null);
  /** A microphone that was plugged in while another one is heard. */
  arrived = $state.raw<Input | null>(null);
  #wanted: Wanted | null = null;
  #retry: ReturnType<typeof setInterval> | undefined;
  #silentSamples = 0;
  #hushed = false;
  /** What there was to choose from when the source was opened, once devices have names. */
  #known: { readonly preferred: Input | null; readonly named: readonly Input[] } | null = null;
  /** Counts openings: what belongs to an older one is dropped. */
  #opening = 0;
  readonly #onBlock: (block: Block, source: Source) => void;
  readonly #onOpen: (source: Source) => void;
  readonly #onEnd: () => void;

  /**
   * @param onOpen a source is there, before its first block
   * @param onEnd a clip was heard to its end
   */
  constructor(
    onBlock: (block: Block, source: Source) => void,
    onOpen: (source: Source) => void,
    onEnd: () => void,
  ) {
    this.#onBlock = onBlock;
    this.#onOpen = onOpen;
    this.#onEnd = onEnd;
  }

  get wanted(): Wanted | null {
    return this.#wanted;
  }

  /** Opens what is wanted, and again whenever it can be had after it could not. */
  async want(wanted: Wanted): Promise<void> {
    this.#wanted = wanted;
    clearInterval(this.#retry);
    this.#retry = setInterval(() => this.#look(), RETRY_MS);
    this.moved = null;
    await this.#open();
  }

  close(): void {
    this.#opening += 1;
    clearInterval(this.#retry);
    this.#wanted = null;
    this.#drop();
    this.state = 'off';
  }

  /** Tries at once, as a person asks. */
  retry(): void {
    if (this.#wanted) void this.#open();
  }

  #drop(): void {
    this.source?.close();
    this.source = null;
  }

  async #open(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === null) return;
    const opening = ++this.#opening;
    this.#drop();
    this.state = 'opening';
    this.#silentSamples = 0;
    this.#hushed = false;
    this.#known = null;
    this.arrived = null;
    try {
      const early: Block[] = [];
      const take = (block: Block): void => {
        if (opening !== this.#opening) return;
        if (this.source === null) early.push(block);
        else this.#take(block, this.source);
      };
      const source =
        wanted.kind === 'clip'
          ? await openClip(wanted.wav, wanted.sampleRateHz, wanted.name, take, () => this.#onEnd())
          : await openMicrophone(wanted.deviceId, take);
      if (opening !== this.#opening) return source.close();
      this.source = source;
      this.state = 'open';
      this.#follow(source, opening);
      if (wanted.kind === 'microphone') void this.#learn(opening);
      this.#onOpen(source);
      for (const block of early) this.#take(block, source);
    } catch (error) {
      if (opening !== this.#opening) return;
      const { name, message } = error as DOMException;
      this.state = STATE_OF_ERROR.get(name) ?? 'failed';
      this.reason = message;
    }
  }

  /** What there is to choose from now, by name: what comes later is new. */
  async #learn(opening: number): Promise<void> {
    await inputs.look();
    const { preferred, named } = inputs;
    if (opening === this.#opening) this.#known = { preferred, named };
  }

  #follow({ track }: Source, opening: number): void {
    if (!track) return;
    const still = (): boolean => opening === this.#opening;
    track.addEventListener('ended', () => {
      if (!still()) return;
      this.#opening += 1;
      this.#drop();
      this.arrived = null;
      this.state = 'lost';
    });
    track.addEventListener('mute', () => {
      if (still()) this.#hush(true);
    });
    track.addEventListener('unmute', () => {
      if (still()) this.#hush(false);
    });
    if (track.muted) this.#hush(true);
  }

  #hush(hushed: boolean): void {
    this.#hushed = hushed;
    this.state = hushed ? 'muted' : 'open';
  }

  #take(block: Block, source: Source): void {
    if (source.track) this.#listenForMute(block, source);
    this.#onBlock(block, source);
  }

  #listenForMute({ samples }: Block, { sampleRateHz }: Source): void {
    const silent = samples.every((value) => value === 0);
    this.#silentSamples = silent ? this.#silentSamples + samples.length : 0;
    if (silent && this.state === 'open' && this.#silentSamples >= MUTED_AFTER_SECONDS * sampleRateHz) {
      this.state = 'muted';
    }
    if (!silent && this.state === 'muted' && !this.#hushed) this.state = 'open';
  }

  #look(): void {
    const wanted = this.#wanted;
    if (wanted?.kind !== 'microphone') return;
    if (this.state === 'open' || this.state === 'muted') this.#lookForOthers(wanted.deviceId === '');
    else this.#comeBack(wanted.deviceId);
  }

  /** Where the system's choice is wanted and becomes another device, that one is heard; a new one is offered. */
  #lookForOthers(followsSystem: boolean): void {
    const { preferred, named } = inputs;
    const known = this.#known;
    this.#known = { preferred, named };
    // Before the microphone is allowed devices have no names.
    if (!known || known.named.length === 0) return;
    if (followsSystem && known.preferred && preferred && !sameInput(known.preferred, preferred)) {
      this.moved = withoutDefault(preferred.name);
      void this.#open();
      return;
    }
    const added = named.find((input) => !known.named.some(({ deviceId }) => deviceId === input.deviceId));
    if (added) this.arrived = added;
    else if (!named.some(({ deviceId }) => deviceId === this.arrived?.deviceId)) this.arrived = null;
  }

  #comeBack(deviceId: string): void {
    const there = inputs.list.some((input) => deviceId === '' || input.deviceId === deviceId);
    if (this.state === 'refused') {
      if (inputs.permission === 'granted') void this.#open();
    } else if (this.state === 'lost' || this.state === 'none') {
      if (there) void this.#open();
    } else if (this.state === 'failed') void this.#open();
  }
}

const sameInput = (one: Input, other: Input): boolean =>
  one.groupId === other.groupId && one.name === other.name;
