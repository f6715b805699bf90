// Errors as they cross the contract: a code, a message for a person, and data; never a stack.
import { z } from 'zod';
import { conflictSchema } from './schemas/ledger.ts';

export const ERROR_CODES = [
  'BAD_INPUT',
  'NOT_FOUND',
  'UNREADABLE',
  'CONFLICT',
  'BUSY',
  'UNAVAILABLE',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

const dataSchema = z
  .object({
    path: z.string().optional(),
    next: z.string().optional(),
    conflicts: z.array(conflictSchema).optional(),
  })
  .optional();
/** `path`: the file it is about; `next`: what the person can do; `conflicts`: with CONFLICT, the first hundred. */
export type ErrorData = z.infer<typeof dataSchema>;

/** For the contract: every call may fail with one of these. */
export const errorMap = Object.fromEntries(ERROR_CODES.map((code) => [code, { data: dataSchema }])) as Record<
  ErrorCode,
  { data: typeof dataSchema }
>;

/** What a schema, of zod or of a contract's call, finds wrong with a value, and where: "layers[0].units: Too big". */
export function findingInWords({
  path = [],
  message,
}: {
  readonly path?: Parameters<typeof z.core.toDotPath>[0] | undefined;
  readonly message: string;
}): string {
  const where = z.core.toDotPath(path);
  return where === '' ? message : `${where}: ${message}`;
}

/** An error meant for the person in front of the screen. Anything else is a bug and crosses without its message. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data?: ErrorData) {
    super(message);
    this.name = 'UserError';
    this.code = code;
    this.data = data;
  }
}
