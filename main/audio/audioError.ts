// What can be wrong with an audio file, as one typed error that names it.

/** Machine-readable kinds of AudioError. */
export type AudioErrorCode =
  /** Missing, a folder, no permission, read fault, too large for memory. */
  | 'unreadable'
  /** No bytes, or no samples. */
  | 'empty'
  /** Not one of the formats the studio reads, judged by content. */
  | 'not-audio'
  /** A known format in an encoding the studio does not read. */
  | 'unsupported'
  /** A chunk that must be there is not. */
  | 'missing-chunk'
  /** Fields of the header that contradict each other or mean nothing. */
  | 'bad-header'
  /** The header promises more bytes than the file has. */
  | 'truncated'
  /** Coded samples that cannot be what was recorded: a checksum is wrong, a frame does not decode. */
  | 'damaged'
  /** Samples that are not numbers (NaN or infinite). */
  | 'non-finite'
  /** Too long for what was asked of it. */
  | 'too-long'
  /** A pair of sample rates too far apart to resample between. */
  | 'bad-rate';

/** An audio file that cannot be used. `message` is `path: reason`; `reason` is a plain clause without the path. */
export class AudioError extends Error {
  override readonly name = 'AudioError';
  readonly code: AudioErrorCode;
  readonly path: string;
  readonly reason: string;

  constructor(code: AudioErrorCode, path: string, reason: string, options?: ErrorOptions) {
    super(`${path}: ${reason}`, options);
    this.code = code;
    this.path = path;
    this.reason = reason;
  }
}
