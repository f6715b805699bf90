// Turns whatever was thrown into what a person reads: what happened, to which file, what to do next.
import { ORPCError } from '@orpc/client';
import type { ErrorData } from '../../shared/contract/errors.ts';

export interface ToldError {
  message: string;
  path?: string;
  next?: string;
}

/** What to do about a clip's file that cannot be read, where the error itself does not say. */
export const UNREADABLE_CLIP =
  'If the folder was moved or its drive is away, bring it back and try again, or open it where it is now. Labels are kept.';

/** The connection to the engine ended before it answered; views load again once it is back. */
export class EngineLostError extends Error {
  constructor() {
    super('The engine stopped before it answered.');
    this.name = 'EngineLostError';
  }
}

/** An error as words. Errors that are bugs keep their text: it is all there is to report. */
export function describeError(error: unknown): ToldError {
  if (error instanceof ORPCError) {
    const data = error.data as ErrorData;
    return { message: error.message, path: data?.path, next: data?.next };
  }
  if (error instanceof EngineLostError) {
    return { message: error.message, next: 'It restarts by itself.' };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

/** True for what an AbortController of ours ended: nothing to tell anyone. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
