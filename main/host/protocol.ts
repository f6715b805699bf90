// What a host and the engine's process say to each other: connections multiplexed over one channel.

/** oRPC's own encoding: text, or bytes where a message carries a file. */
export type Frame = string | Uint8Array | ArrayBuffer;

export type HostToEngine =
  | { readonly type: 'open'; readonly connection: number }
  | { readonly type: 'data'; readonly connection: number; readonly data: Frame }
  | { readonly type: 'close'; readonly connection: number }
  | { readonly type: 'shutdown' };

export type EngineToHost =
  | { readonly type: 'ready' }
  /** The engine can't start and a restart would not help: the workspace is taken, or its database is newer. */
  | { readonly type: 'refused'; readonly message: string }
  /** What would be lost if the studio were closed now, in words; null: nothing. */
  | { readonly type: 'busy'; readonly what: string | null }
  /** Folders of the corpora: what a page may ask to be shown lies in one of them. */
  | { readonly type: 'folders'; readonly folders: readonly string[] }
  | { readonly type: 'data'; readonly connection: number; readonly data: Frame };

/** What the engine's process is started with, as JSON in its first argument. */
export interface EngineProcessOptions {
  readonly workspace: string;
  readonly host: string;
  readonly openFolder: string | null;
  /** Whether the channel carries JSON: bytes are then base64 (text-frames.ts). */
  readonly textChannel?: boolean;
  /** True where it stands in for an engine that crashed under the same host: runs that were under way go on. */
  readonly afterCrash?: boolean;
}
