// Calls on parallel utterances.
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

export const parallelCalls = {
  /** Utterances of a corpus that more than one clip says, by id. */
  utterances: base.input(corpusRef).output(z.array(s.parallelUtteranceSchema)),
  /** Every good clip of one utterance, by speaker, label and take. NOT_FOUND where there is none. */
  grid: base.input(corpusRef.extend({ utterance: z.string().max(500) })).output(s.parallelGridSchema),
};
