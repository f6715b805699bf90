// What changed, told to every interface on one engine.
import { z } from 'zod';
import { countSchema, idSchema } from './common.ts';
import { settingsSchema } from './engine.ts';
import { runSummarySchema } from './runs.ts';

export const noticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('corpora') }),
  /** Files of a corpus were seen to come, go, change or move, and were taken over; `missing`: its folder is not there. */
  z.object({
    type: z.literal('files'),
    corpusId: idSchema,
    added: countSchema,
    changed: countSchema,
    moved: countSchema,
    gone: countSchema,
    missing: z.boolean(),
  }),
  /** How far listening to the clips of a corpus is; told seldom, and once at the end. */
  z.object({ type: z.literal('checking'), corpusId: idSchema, done: countSchema, total: countSchema }),
  z.object({ type: z.literal('labels'), corpusId: idSchema, clipIds: z.array(idSchema) }),
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  z.object({ type: z.literal('settings'), settings: settingsSchema }),
]);
export type Notice = z.infer<typeof noticeSchema>;
