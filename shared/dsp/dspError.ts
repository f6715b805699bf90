// Signals and settings that have no features, as one typed error.

export type DspErrorCode =
  | 'empty-signal'
  | 'non-finite-signal'
  /** Settings that contradict each other, whatever the signal. */
  | 'bad-spec'
  /** A feature that looks at frequencies above half the sample rate. */
  | 'above-nyquist'
  /** A frame that does not hold the longest period asked for. */
  | 'frame-too-short'
  /** A clip with fewer frames than a feature looks at. */
  | 'too-few-frames';

/** Thrown where a feature is not defined for the input. `message` is a plain sentence. */
export class DspError extends Error {
  override readonly name = 'DspError';
  readonly code: DspErrorCode;

  constructor(code: DspErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What is wrong with a specification that no sound has features of, for a person, and its name for programs. */
export function noFeatures({ code, message }: DspError): string {
  return `This recipe has no features (${code}): ${message}.`;
}
