// What a page can ask of the browser's host itself, while there may be no engine to ask.

/** GET tells how the engine is, POST starts it again after it was given up. */
export const ENGINE_PATH = '/engine';

export interface EngineState {
  /** Why there is no engine and none will be started unasked; null while there is one or will be. */
  readonly failure: string | null;
}
