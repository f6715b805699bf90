// Calls on corpora.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import * as s from '../schemas.ts';
import { base, corpusRef } from './base.ts';

export const corporaCalls = {
  list: base.output(z.array(s.corpusSummarySchema)),
  probe: base.input(z.strictObject({ folder: z.string().min(1) })).output(s.folderProbeSchema),
  /** Indexes a folder, or what changed in it since it was last opened. */
  open: base.input(s.openCorpusInputSchema).output(eventIterator(s.indexEventSchema)),
  /** Unpacks the synthetic demo corpus into the workspace and opens it. */
  openDemo: base.output(eventIterator(s.indexEventSchema)),
  summary: base.input(corpusRef).output(s.corpusSummarySchema),
  defects: base.input(corpusRef).output(z.array(s.defectSchema)),
  crosstab: base
    .input(corpusRef.extend({ filter: s.clipFilterSchema.prefault({}) }))
    .output(s.crosstabSchema),
  /** What is in the corpus beside its labels: lengths, rates, clipping, silence, doubles. */
  report: base.input(corpusRef).output(s.corpusReportSchema),
  /** Files that hold the same, by group. */
  duplicates: base.input(corpusRef).output(s.duplicatesSchema),
  /** Forgets the index; the ledger and the files stay. */
  forget: base.input(corpusRef).output(z.void()),
};
