// One logger for the engine side: JSON lines on stderr, so that stdout stays free for results.
import { pino } from 'pino';

export type Logger = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>;

/** Level from PATHOS_LOG (default: warn). */
export function createLogger(name: string): Logger {
  return pino(
    { name, level: process.env['PATHOS_LOG'] ?? 'warn' },
    pino.destination({ dest: 2, sync: true }),
  );
}
