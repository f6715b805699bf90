// Calls on features of folders.
import { eventIterator } from '@orpc/contract';
import * as s from '../schemas.ts';
import { base } from './base.ts';

export const featuresCalls = {
  /** Computes the features of every audio file in a folder, which need not be a corpus. */
  extract: base.input(s.extractInputSchema).output(eventIterator(s.extractEventSchema)),
};
