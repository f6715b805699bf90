// What changed, told to every interface on one engine.
import { z } from 'zod';
import { countSchema, idSchema } from './common.ts';
import { settingsSchema } from './engine.ts';
import { runSummarySchema } from './runs.ts';

export const noticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('corpora') }),
  /** Labels or segments of these clips. `rater`: who decided; `head`: the last event. */
  z.object({
    type: z.literal('labels'),
    corpusId: idSchema,
    clipIds: z.array(idSchema),
    rater: z.string(),
    head: countSchema,
  }),
  /** A list beside the ledger; `corpusId` null: that of the workspace. */
  z.object({
    type: z.literal('ledger'),
    what: z.enum(['raters', 'label-sets', 'label-versions', 'listening-tests', 'human-recall']),
    corpusId: idSchema.nullable(),
  }),
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  /** A run was deleted; bringing it back is told as `run`. */
  z.object({ type: z.literal('run-deleted'), runId: idSchema }),
  z.object({ type: z.literal('settings'), settings: settingsSchema }),
]);
export type Notice = z.infer<typeof noticeSchema>;
