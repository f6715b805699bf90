// What changed, told to every interface on one engine.
import { z } from 'zod';
import { idSchema } from './common.ts';
import { settingsSchema } from './engine.ts';
import { runSummarySchema } from './runs.ts';

export const noticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('corpora') }),
  z.object({ type: z.literal('labels'), corpusId: idSchema, clipIds: z.array(idSchema) }),
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  /** A run was deleted; bringing it back is told as `run`. */
  z.object({ type: z.literal('run-deleted'), runId: idSchema }),
  z.object({ type: z.literal('settings'), settings: settingsSchema }),
]);
export type Notice = z.infer<typeof noticeSchema>;
