// The microphones of this machine, and whether they may be used; both are followed as they change.

export interface Input {
  readonly deviceId: string;
  readonly name: string;
  /** Devices of one piece of hardware share it. */
  readonly groupId: string;
}

/** The id under which browsers list the system's choice once more; its group and name are those of the device chosen. */
const DEFAULT_ID = 'default';

/** "USB microphone" of "Default - USB microphone". */
export function withoutDefault(name: string): string {
  return name.replace(/^Default( - )?/, '');
}

/** A device that came back is seen at the latest after this. */
const LOOK_MS = 1000;

class Inputs {
  list = $state.raw<readonly Input[]>([]);
  permission = $state<PermissionState | 'unknown'>('unknown');
  /** Kept while it allows: Chromium never lets go of one that was asked for, and a session listens for hours. */
  #status: Promise<PermissionStatus | null> | null = null;

  /** The system's choice, where the browser lists it. */
  get preferred(): Input | null {
    return this.list.find(({ deviceId }) => deviceId === DEFAULT_ID) ?? null;
  }

  /** Those that can be chosen by name. */
  get named(): readonly Input[] {
    return this.list.filter(({ deviceId }) => deviceId !== '' && deviceId !== DEFAULT_ID);
  }

  /** Follows devices and permission while a view shows them; returns the end of that. */
  follow(): () => void {
    const look = (): void => void this.look();
    look();
    navigator.mediaDevices?.addEventListener('devicechange', look);
    // Not every system tells when a device comes back.
    const timer = setInterval(look, LOOK_MS);
    return () => {
      clearInterval(timer);
      navigator.mediaDevices?.removeEventListener('devicechange', look);
    };
  }

  /** Electron tells no change of a status that it has given: one that does not allow is asked for again. */
  async #permissionStatus(): Promise<PermissionStatus | null> {
    const kept = await this.#status;
    if (kept?.state === 'granted') return kept;
    this.#status = navigator.permissions.query({ name: 'microphone' as PermissionName }).catch(() => null);
    return this.#status;
  }

  /** Looks at what there is now. */
  async look(): Promise<void> {
    this.permission = (await this.#permissionStatus())?.state ?? 'unknown';
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const list = devices
      .filter(({ kind }) => kind === 'audioinput')
      .map(({ deviceId, label, groupId }, i) => ({
        deviceId,
        groupId,
        name: label || `Microphone ${i + 1}`,
      }));
    if (JSON.stringify(list) !== JSON.stringify(this.list)) this.list = list;
  }
}

export const inputs = new Inputs();
