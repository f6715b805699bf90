// Every call between an interface and the engine. Streams are event iterators, ended by an AbortSignal.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { errorMap } from './errors.ts';
import * as s from './schemas.ts';

const base = oc.errors(errorMap);
const corpusRef = z.strictObject({ corpusId: s.idSchema });
const clipRef = z.strictObject({ clipId: s.idSchema });
const runRef = z.strictObject({ runId: s.idSchema });
const clipQuery = corpusRef.extend({
  filter: s.clipFilterSchema.prefault({}),
  sort: s.clipSortSchema.prefault({ key: 'path' }),
});

export const contract = {
  engine: {
    info: base.output(s.engineInfoSchema),
    /** What changed, for every interface on this engine. */
    notices: base.output(eventIterator(s.noticeSchema)),
    settings: base.output(s.settingsSchema),
    saveSettings: base.input(s.settingsSchema.partial()).output(s.settingsSchema),
    listFolders: base.input(z.strictObject({ folder: z.string().nullable() })).output(s.folderListSchema),
  },
  corpora: {
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
    /** Forgets the index; the ledger and the files stay. */
    forget: base.input(corpusRef).output(z.void()),
  },
  features: {
    /** Computes the features of every audio file in a folder, which need not be a corpus. */
    extract: base.input(s.extractInputSchema).output(eventIterator(s.extractEventSchema)),
  },
  clips: {
    page: base
      .input(
        clipQuery.extend({
          offset: z.number().int().nonnegative(),
          limit: z.number().int().positive().max(1000),
        }),
      )
      .output(z.object({ total: z.number().int(), clips: z.array(s.clipSchema) })),
    /** Ids of every clip under a filter, in order: for select-all and for the next clip. */
    ids: base.input(clipQuery).output(z.array(s.idSchema)),
    get: base.input(clipRef).output(s.clipSchema),
    history: base.input(clipRef).output(z.array(s.ledgerEventSchema)),
    /** The clip as a WAV that any browser plays, decoded by the engine. */
    audio: base.input(clipRef).output(z.file()),
    features: base
      .input(clipRef.extend({ recipe: z.string().default('classic') }))
      .output(s.clipFeaturesSchema),
  },
  labels: {
    /** One decision over one or many clips: one undo takes it back. */
    set: base
      .input(
        z.strictObject({
          clipIds: z.array(s.idSchema).min(1).max(100_000),
          /** null: unsure, no label. */
          label: s.labelSchema.nullable(),
          reason: z.string().trim().max(500).nullable().default(null),
          blind: z.boolean().default(false),
        }),
      )
      .output(s.labelResultSchema),
    undo: base.input(corpusRef).output(s.labelResultSchema),
    redo: base.input(corpusRef).output(s.labelResultSchema),
    state: base
      .input(corpusRef)
      .output(z.object({ labelVersion: s.labelVersionSchema, canUndo: z.boolean(), canRedo: z.boolean() })),
  },
  runs: {
    list: base
      .input(z.strictObject({ corpusId: s.idSchema.optional() }).prefault({}))
      .output(z.array(s.runSummarySchema)),
    start: base.input(s.startRunInputSchema).output(s.runSummarySchema),
    get: base.input(runRef).output(s.runDetailSchema),
    /** A snapshot, then what happens, until the run has ended. */
    watch: base.input(runRef).output(eventIterator(s.runEventSchema)),
    cancel: base.input(runRef).output(s.runSummarySchema),
    predictions: base.input(runRef).output(z.array(s.predictionRowSchema)),
  },
  predict: {
    clip: base.input(runRef.extend({ clipId: s.idSchema })).output(s.predictionSchema),
    /** Any audio file: its bytes, at most 200 MB. */
    file: base.input(runRef.extend({ file: z.file().max(200_000_000) })).output(s.predictionSchema),
  },
};
export type Contract = typeof contract;
