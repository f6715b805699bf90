// How calls are answered: the contract's implementer, errors as they cross it, long work as a stream.
import { EventPublisher, implement, ORPCError, ValidationError } from '@orpc/server';
import { contract } from '../../shared/contract/contract.ts';
import { findingInWords, UserError } from '../../shared/contract/errors.ts';
import { DspError, noFeatures } from '../../shared/dsp/dspError.ts';
import { AudioError } from '../audio/audioError.ts';
import type { Logger } from '../process/log.ts';

/** Errors for people cross the contract by code; the rest are bugs, logged here and told without their message. */
export function crossing(error: unknown, logger: Logger): unknown {
  if (error instanceof UserError) {
    return new ORPCError(error.code, { message: error.message, ...(error.data && { data: error.data }) });
  }
  if (error instanceof DspError) return new ORPCError('BAD_INPUT', { message: noFeatures(error) });
  if (error instanceof AudioError) {
    return new ORPCError('UNREADABLE', { message: error.message, data: { path: error.path } });
  }
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) {
    return new ORPCError('BAD_INPUT', { message: error.cause.issues.map(findingInWords).join(' ') });
  }
  const aborted = error instanceof Error && error.name === 'AbortError';
  if (!(error instanceof ORPCError) && !aborted) logger.error({ err: error }, 'unexpected error');
  return error;
}

export type Implementer = ReturnType<typeof implementer>;

/** The contract, to be answered call by call; errors leave it as they cross. */
export function implementer(logger: Logger) {
  return implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw crossing(error, logger);
    }
  });
}

/**
 * What a long work publishes, and at last what it returns.
 * @throws the work's own error, as it crosses the contract
 */
export async function* streaming<Event>(
  work: (publish: (event: Event) => void) => Promise<Event>,
  logger: Logger,
): AsyncGenerator<Event> {
  const progress = new EventPublisher<{ event: Event }>();
  const ended = new AbortController();
  const events = progress.subscribe('event', { signal: ended.signal });
  const result = work((event) => progress.publish('event', event));
  const finished = result.then(
    () => ended.abort(),
    () => ended.abort(),
  );
  try {
    yield* untilAborted(events, ended.signal);
    await finished;
    yield await result;
  } catch (error) {
    throw crossing(error, logger);
  }
}

/** A subscription's events; ends quietly, not with an error, when its signal says so. */
export async function* untilAborted<T>(
  events: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
