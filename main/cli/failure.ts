// What went wrong, as the command line tells it to people and to programs.
import { ORPCError } from '@orpc/server';
import { UserError } from '../../shared/contract/errors.ts';
import { AudioError } from '../audio/audioError.ts';
import { Interrupted } from './local-engine.ts';

/** What went wrong and what to do, for a person. */
export interface Explained {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly next?: string;
}

/** What of an error a person is told; INTERNAL is a bug. */
export function explain(error: unknown): Explained {
  if (error instanceof UserError || (error instanceof ORPCError && error.defined)) {
    const data = error.data as UserError['data'];
    return {
      code: error.code,
      message: error.message,
      ...(data?.path !== undefined && { path: data.path }),
      ...(data?.next !== undefined && { next: data.next }),
    };
  }
  if (error instanceof AudioError) return { code: 'UNREADABLE', message: error.message, path: error.path };
  if (error instanceof Interrupted) return { code: 'INTERRUPTED', message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
