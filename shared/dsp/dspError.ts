// Signals and settings that have no features, as one typed error.

export type DspErrorCode = 'empty-signal' | 'non-finite-signal' | 'bad-spec';

/** Thrown where a feature is not defined for the input. `message` is a plain sentence. */
export class DspError extends Error {
  override readonly name = 'DspError';
  readonly code: DspErrorCode;

  constructor(code: DspErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
