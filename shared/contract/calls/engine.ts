// Calls about the engine itself.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base } from './base.ts';

export const engineCalls = {
  info: base.output(s.engineInfoSchema),
  /** What changed, for every interface on this engine. */
  notices: base.output(eventIterator(s.noticeSchema)),
  settings: base.output(s.settingsSchema),
  saveSettings: base.input(s.settingsSchema.partial()).output(s.settingsSchema),
  listFolders: base.input(z.strictObject({ folder: z.string().nullable() })).output(s.folderListSchema),
};
