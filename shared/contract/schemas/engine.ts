// The engine itself: what it runs on, settings, folders.
import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import { idSchema, countSchema } from './common.ts';

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
  /** Recipes that somebody saved under a name of their own. */
  recipes: z.array(recipeSchema).max(200),
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
