// Corpora: adapters, tables, summaries, defects, indexing.
import { z } from 'zod';
import { clipMarkSchema } from './clips.ts';
import {
  idSchema,
  labelSchema,
  countSchema,
  sexSchema,
  labelVersionSchema,
  indexProgressSchema,
} from './common.ts';

export const adapterNameSchema = z.enum(['aesdd', 'emodb', 'ravdess', 'table', 'folders']);
export type AdapterName = z.infer<typeof adapterNameSchema>;
/** Which column of a metadata table means what; `file` and `label` are required. */
export const tableMappingSchema = z.strictObject({
  file: z.string().min(1),
  label: z.string().min(1),
  speaker: z.string().min(1).optional(),
  utterance: z.string().min(1).optional(),
  text: z.string().min(1).optional(),
  take: z.string().min(1).optional(),
  sex: z.string().min(1).optional(),
});
export type TableMapping = z.infer<typeof tableMappingSchema>;

/** A metadata table (CSV or TSV) and how to read it. Paths absolute. */
export const tableSpecSchema = z.strictObject({
  file: z.string().min(1),
  /** Folder that the table's file names are relative to. */
  audioFolder: z.string().min(1),
  mapping: tableMappingSchema,
});
export type TableSpec = z.infer<typeof tableSpecSchema>;

/** A table found beside the audio, with a first guess of its mapping (null where file or label could not be guessed). */
export const tableProbeSchema = z.object({
  file: z.string(),
  audioFolder: z.string(),
  columns: z.array(z.string()),
  sampleRows: z.array(z.array(z.string())).max(5),
  rows: countSchema,
  guess: tableMappingSchema.partial(),
  /** Rows whose file was found under audioFolder with the guess. */
  matchedFiles: countSchema,
});
export type TableProbe = z.infer<typeof tableProbeSchema>;

export const folderProbeSchema = z.object({
  folder: z.string(),
  /** The adapter that fits most of the files, and how many of them it could read. */
  adapter: adapterNameSchema,
  audioFiles: countSchema,
  fitting: countSchema,
  tables: z.array(tableProbeSchema),
  /** True where the folder was opened before: its remembered table mapping is used. */
  known: z.boolean(),
});
export type FolderProbe = z.infer<typeof folderProbeSchema>;

export const corpusSummarySchema = z.object({
  corpusId: idSchema,
  name: z.string(),
  folder: z.string(),
  adapter: adapterNameSchema,
  /** Generated speech: said wherever the corpus is named. */
  synthetic: z.boolean(),
  clips: countSchema,
  defects: countSchema,
  durationSeconds: z.number().nonnegative(),
  speakers: z.array(z.object({ speaker: z.string(), sex: sexSchema, clips: countSchema })),
  /** In the order of the label set: the number keys follow it. */
  labels: z.array(z.object({ label: labelSchema, clips: countSchema })),
  /** Clips without a label. */
  unlabelled: countSchema,
  /** Labelled clips that are flagged as bad recordings: training leaves them out. */
  flagged: countSchema,
  sampleRatesHz: z.array(z.number()),
  labelVersion: labelVersionSchema,
});
export type CorpusSummary = z.infer<typeof corpusSummarySchema>;

export const defectSchema = z.object({ path: z.string(), reason: z.string() });
export type Defect = z.infer<typeof defectSchema>;

export const openCorpusInputSchema = z.strictObject({
  folder: z.string().min(1),
  table: tableSpecSchema.optional(),
});
export type OpenCorpusInput = z.infer<typeof openCorpusInputSchema>;

export const indexEventSchema = z.discriminatedUnion('type', [
  indexProgressSchema,
  z.object({
    type: z.literal('done'),
    summary: corpusSummarySchema,
    /** Files read anew, as against taken over from the last opening. */
    readFiles: countSchema,
    seconds: z.number().nonnegative(),
  }),
]);
export type IndexEvent = z.infer<typeof indexEventSchema>;

/** What is in a corpus beside its labels. Counts are of good clips. */
export const corpusReportSchema = z.object({
  /** Lengths in seconds; null where there is no clip. */
  lengths: z
    .object({ shortest: z.number(), median: z.number(), longest: z.number(), total: z.number() })
    .nullable(),
  rates: z.array(z.object({ sampleRateHz: z.number(), clips: countSchema })),
  /** Clips whose data were listened to: `clipped`, `silent` and `broken` are of these. */
  checked: countSchema,
  clips: countSchema,
  clipped: countSchema,
  silent: countSchema,
  broken: countSchema,
  /** Clips whose content another clip has too, and how many contents these are. */
  duplicates: countSchema,
  duplicateGroups: countSchema,
  /** Clips with each of the raters' marks. */
  marks: z.record(clipMarkSchema, countSchema),
});
export type CorpusReport = z.infer<typeof corpusReportSchema>;

export const duplicatesSchema = z.object({
  groups: z.array(
    z.object({
      /** True where the same sound carries different labels. */
      disagree: z.boolean(),
      clips: z.array(
        z.object({
          clipId: idSchema,
          path: z.string(),
          speaker: z.string().nullable(),
          label: labelSchema.nullable(),
        }),
      ),
    }),
  ),
  /** Groups there are; the first 200 are listed, those that disagree first. */
  total: countSchema,
});
export type Duplicates = z.infer<typeof duplicatesSchema>;
