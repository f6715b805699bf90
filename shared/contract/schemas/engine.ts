// The engine itself: what it runs on, settings, folders.
import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import { idSchema, countSchema, raterSchema } from './common.ts';
import { featureTrackSchema } from './tracks.ts';

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

export const CLIP_COLUMNS = [
  'path',
  /** Where several corpora are listed together. */
  'corpus',
  'speaker',
  'sex',
  'utterance',
  'take',
  'label',
  'importedLabel',
  'duration',
  'rate',
  'channels',
  'encoding',
  'rater',
] as const;
export const clipColumnSchema = z.strictObject({
  key: z.enum(CLIP_COLUMNS),
  width: z.number().int().min(32).max(1000).optional(),
});
export type ClipColumn = z.infer<typeof clipColumnSchema>;

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  /** Who rates in a window that has not chosen another rater. */
  rater: raterSchema,
  /** After a number key: move to the next clip. */
  advanceAfterLabel: z.boolean(),
  /** After moving to a clip in the Label room: play it. */
  playOnMove: z.boolean(),
  /** Tracks shown under the waveform. */
  viewerTracks: z.array(featureTrackSchema),
  /** Name of the recipe whose features the tracks show: a preset or a saved one. */
  viewerRecipe: z.string().min(1).max(200),
  lastCorpusId: idSchema.nullable(),
  /** Keys that differ from their defaults, by command: chords such as "Ctrl Z"; none at all for an empty list. */
  keys: z.record(z.string().min(1).max(64), z.array(z.string().min(1).max(40)).max(4)),
  /** Corpora that were put away: known, but not among the open ones. */
  closedCorpusIds: z.array(idSchema).max(1000),
  /** Columns of the clip list in their order, with a width in pixels where one was set by hand. */
  clipColumns: z.array(clipColumnSchema).max(20),
  /** Recipes that somebody saved under a name of their own. */
  recipes: z.array(recipeSchema).max(200),
  /** Folds trained side by side, as last asked for; null: as many as the processor has cores. */
  foldsInParallel: z.int().positive().max(256).nullable(),
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
