// What crosses between renderer and engine, as zod schemas: checked on the engine's side, typed on both.
import { z } from 'zod';
import { featureSpecSchema, recipeSchema } from '../recipe/recipe.ts';

export const idSchema = z.number().int().positive();
export const labelSchema = z.string().trim().min(1).max(64);
const countSchema = z.number().int().nonnegative();
const isoTimeSchema = z.iso.datetime();
/** Lower and upper end of a 95 % interval; null where it is not estimable (fewer than three test speakers). */
export const intervalSchema = z.tuple([z.number(), z.number()]).nullable();
export type Interval = z.infer<typeof intervalSchema>;

// --- engine -------------------------------------------------------------------------------------------------

export const backendSchema = z.enum(['tensorflow', 'wasm']);
export type BackendName = z.infer<typeof backendSchema>;

export const engineInfoSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  processId: idSchema,
  cores: idSchema,
  workspace: z.string(),
  /** Backend a run uses unless it names another. */
  backend: backendSchema,
  /** Why native TensorFlow is not used and the command that installs it; null where it is there. */
  nativeMissing: z.object({ reason: z.string(), command: z.string() }).nullable(),
  /** Folder named on the command line, to be opened first. */
  openFolder: z.string().nullable(),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  /** Name written beside every label decision. */
  rater: z.string().trim().min(1).max(80),
  /** After a number key: move to the next clip. */
  advanceAfterLabel: z.boolean(),
  /** After moving to a clip in the Label room: play it. */
  playOnMove: z.boolean(),
  lastCorpusId: idSchema.nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Folders below a folder, for the browser host's own folder picker. Names only; no file is read. */
export const folderListSchema = z.object({
  folder: z.string(),
  parent: z.string().nullable(),
  home: z.string(),
  folders: z.array(z.object({ name: z.string(), folder: z.string() })),
  /** Audio files directly inside. */
  audioFiles: countSchema,
});
export type FolderList = z.infer<typeof folderListSchema>;

// --- corpora ------------------------------------------------------------------------------------------------

export const adapterNameSchema = z.enum(['aesdd', 'emodb', 'ravdess', 'table', 'folders']);
export type AdapterName = z.infer<typeof adapterNameSchema>;
export const sexSchema = z.enum(['female', 'male']).nullable();
export type Sex = z.infer<typeof sexSchema>;

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

/** `version` counts decisions since the corpus was first opened (v1: as imported); `hash` identifies the labels themselves. */
export const labelVersionSchema = z.object({ version: idSchema, hash: z.string() });
export type LabelVersion = z.infer<typeof labelVersionSchema>;

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

export const indexProgressSchema = z.object({
  type: z.literal('progress'),
  done: countSchema,
  total: countSchema,
  ratePerSecond: z.number().nonnegative(),
  etaSeconds: z.number().nonnegative().nullable(),
});
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

// --- features of a folder -----------------------------------------------------------------------------------

export const extractInputSchema = z.strictObject({
  folder: z.string().min(1),
  spec: featureSpecSchema,
  /** Threads at most; default: as many as are worth their start, at most one a core. */
  workers: z.number().int().positive().max(256).optional(),
  /** Whether matrices that are known are taken from the workspace, and new ones kept there. */
  useCache: z.boolean().default(true),
});
export const extractEventSchema = z.discriminatedUnion('type', [
  indexProgressSchema,
  z.object({
    type: z.literal('done'),
    /** Clips that have features now. */
    clips: countSchema,
    /** Files without, each by its path in the folder. */
    defects: z.array(defectSchema),
    seconds: z.number().nonnegative(),
    /** Of the clips, those whose matrix was known. */
    cached: countSchema,
    /** How many threads computed. */
    workers: countSchema,
  }),
]);
export type ExtractEvent = z.infer<typeof extractEventSchema>;

// --- clips --------------------------------------------------------------------------------------------------

export const clipSchema = z.object({
  clipId: idSchema,
  corpusId: idSchema,
  /** Relative to the corpus folder, with forward slashes. */
  path: z.string(),
  speaker: z.string().nullable(),
  sex: sexSchema,
  utterance: z.string().nullable(),
  /** The sentence's words, where the corpus tells them. */
  text: z.string().nullable(),
  take: z.string().nullable(),
  /** Current label, derived from the ledger. */
  label: labelSchema.nullable(),
  /** Label the corpus came with (file name, folder or table). */
  importedLabel: labelSchema.nullable(),
  /** Who set the current label; null while it is the imported one. */
  rater: z.string().nullable(),
  durationSeconds: z.number().nonnegative(),
  sampleRateHz: z.number(),
  channels: countSchema,
  encoding: z.string(),
  /** Why the file could not be used; null for a good clip. */
  defect: z.string().nullable(),
});
export type Clip = z.infer<typeof clipSchema>;

export const clipFilterSchema = z.strictObject({
  labels: z.array(labelSchema).default([]),
  speakers: z.array(z.string()).default([]),
  sexes: z.array(z.enum(['female', 'male'])).default([]),
  /** Substring of path, utterance or text, without regard to case. */
  search: z.string().max(200).default(''),
  /** Show defective files instead of good clips. */
  defects: z.boolean().default(false),
  /** Only clips that a rater has decided (true) or not (false). */
  rated: z.boolean().optional(),
});
export type ClipFilter = z.input<typeof clipFilterSchema>;

export const clipSortSchema = z.strictObject({
  key: z.enum(['path', 'speaker', 'utterance', 'label', 'duration', 'rater']),
  descending: z.boolean().default(false),
});
export type ClipSort = z.input<typeof clipSortSchema>;

export const crosstabSchema = z.object({
  speakers: z.array(z.object({ speaker: z.string(), sex: sexSchema })),
  labels: z.array(labelSchema),
  /** counts[speaker][label] */
  counts: z.array(z.array(countSchema)),
});
export type Crosstab = z.infer<typeof crosstabSchema>;

export const ledgerEventSchema = z.object({
  eventId: countSchema,
  clipId: idSchema,
  /** Label after this event. */
  label: labelSchema.nullable(),
  previousLabel: labelSchema.nullable(),
  /** import: what the corpus came with; label: a rater's decision; undo and redo: what they say. */
  kind: z.enum(['import', 'label', 'undo', 'redo']),
  rater: z.string().nullable(),
  at: isoTimeSchema,
  reason: z.string().nullable(),
  blind: z.boolean(),
  supersedes: countSchema.nullable(),
  undone: z.boolean(),
});
export type LedgerEvent = z.infer<typeof ledgerEventSchema>;

/** The feature matrix of a clip as a recipe computes it, before and after fitting it to the network's input. */
export const clipFeaturesSchema = z.object({
  recipe: z.string(),
  sampleRateHz: z.number(),
  hopLength: z.number(),
  frames: countSchema,
  coefficients: countSchema,
  /** Of the columns: mfcc_0, f0_hz. */
  names: z.array(z.string()),
  /** One row a frame. */
  values: z.array(z.array(z.number())),
  /** Frames of the network's input; frames beyond it are cut, missing ones are zeros. */
  inputFrames: countSchema,
});
export type ClipFeatures = z.infer<typeof clipFeaturesSchema>;

export const labelResultSchema = z.object({
  /** Clips whose label changed, as they are now. */
  clips: z.array(clipSchema),
  labelVersion: labelVersionSchema,
  /** When it was on disk. */
  savedAt: isoTimeSchema,
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type LabelResult = z.infer<typeof labelResultSchema>;

// --- runs ---------------------------------------------------------------------------------------------------

export const splitSchema = z.enum(['loso', 'random']);
export type SplitName = z.infer<typeof splitSchema>;
export const runStateSchema = z.enum(['queued', 'running', 'done', 'cancelled', 'failed']);
export type RunState = z.infer<typeof runStateSchema>;

export const startRunInputSchema = z.strictObject({
  corpusId: idSchema,
  /** Name of a preset. */
  recipe: z.string().default('classic'),
  split: splitSchema.default('loso'),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
  /** Overrides the recipe's number of epochs. */
  epochs: z.number().int().positive().max(10_000).optional(),
  backend: backendSchema.optional(),
});
export type StartRunInput = z.input<typeof startRunInputSchema>;

export const epochSchema = z.object({
  /** From 1. */
  epoch: idSchema,
  loss: z.number(),
  accuracy: z.number(),
  /** On the fold's held-out clips: `evaluatedOn` of the run says what they are. */
  heldOutLoss: z.number(),
  heldOutAccuracy: z.number(),
  seconds: z.number().nonnegative(),
});
export type Epoch = z.infer<typeof epochSchema>;

export const foldStateSchema = z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']);
export const foldSchema = z.object({
  /** From 0. */
  index: countSchema,
  heldOutSpeakers: z.array(z.string()),
  trainClips: countSchema,
  testClips: countSchema,
  state: foldStateSchema,
  epochs: z.array(epochSchema),
  accuracy: z.number().nullable(),
  uar: z.number().nullable(),
  error: z.string().nullable(),
});
export type Fold = z.infer<typeof foldSchema>;

export const runSummarySchema = z.object({
  runId: idSchema,
  corpusId: idSchema,
  corpusName: z.string(),
  synthetic: z.boolean(),
  state: runStateSchema,
  recipe: z.string(),
  split: splitSchema,
  seed: z.number().int(),
  epochs: idSchema,
  backend: backendSchema,
  /** How the LSTM was computed. */
  path: z.enum(['stock', 'fused layer', 'fused step']),
  labels: z.array(labelSchema),
  labelVersion: labelVersionSchema,
  folds: countSchema,
  foldsDone: countSchema,
  /** Epochs finished over all folds. */
  epochsDone: countSchema,
  etaSeconds: z.number().nonnegative().nullable(),
  createdAt: isoTimeSchema,
  seconds: z.number().nonnegative(),
  secondsPerEpoch: z.number().nonnegative().nullable(),
  accuracy: z.number().nullable(),
  accuracyInterval: intervalSchema,
  uar: z.number().nullable(),
  uarInterval: intervalSchema,
  /** Why the run or a fold failed, or what a cancel kept. */
  message: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runDetailSchema = runSummarySchema.extend({
  recipeSpec: recipeSchema,
  /** What the held-out curve is measured on: the classic recipe has no validation clips. */
  evaluatedOn: z.enum(['test', 'validation']),
  /** One sentence: who was scored by whom, on how many clips, what it overstates. */
  protocol: z.string(),
  foldDetails: z.array(foldSchema),
  /** confusion[label][predicted], counts, over the test clips of all finished folds; null before there are any. */
  confusion: z.array(z.array(countSchema)).nullable(),
  recallByLabel: z.array(z.number().nullable()),
  recallBySpeaker: z.array(
    z.object({
      speaker: z.string(),
      clips: countSchema,
      uar: z.number().nullable(),
      recall: z.array(z.number().nullable()),
    }),
  ),
  /** What stands on both sides of the split. */
  leakage: z.object({ sharedSpeakers: countSchema, testSpeakers: countSchema }),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), run: runDetailSchema }),
  z.object({
    type: z.literal('batch'),
    fold: countSchema,
    epoch: idSchema,
    batch: idSchema,
    batches: idSchema,
    /** Means over the epoch so far. */
    loss: z.number(),
    accuracy: z.number(),
  }),
  z.object({ type: z.literal('epoch'), fold: countSchema, epoch: epochSchema, summary: runSummarySchema }),
  z.object({ type: z.literal('fold'), fold: foldSchema, summary: runSummarySchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const predictionRowSchema = z.object({
  clipId: idSchema,
  path: z.string(),
  speaker: z.string().nullable(),
  label: labelSchema,
  predicted: labelSchema,
  probabilities: z.array(z.number()),
  fold: countSchema,
});
export type PredictionRow = z.infer<typeof predictionRowSchema>;

export const predictionSchema = z.object({
  runId: idSchema,
  /** File name as given. */
  name: z.string(),
  label: labelSchema,
  labels: z.array(labelSchema),
  /** In the order of `labels`; sums to 1. */
  probabilities: z.array(z.number()),
  /** Which of the run's models answered, in words. */
  model: z.string(),
  features: clipFeaturesSchema,
});
export type Prediction = z.infer<typeof predictionSchema>;

// --- notices ------------------------------------------------------------------------------------------------

export const noticeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('corpora') }),
  z.object({ type: z.literal('labels'), corpusId: idSchema, clipIds: z.array(idSchema) }),
  z.object({ type: z.literal('run'), run: runSummarySchema }),
  z.object({ type: z.literal('settings'), settings: settingsSchema }),
]);
export type Notice = z.infer<typeof noticeSchema>;
