// Settings of a workspace, a value a key.
import { settingsSchema, type ClipColumn, type Settings } from '../../shared/contract/schemas.ts';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { userInfo } from 'node:os';
import type { Store } from './database.ts';

/** What is saved over the defaults; a saved value that no longer fits the schema gives way to the default. */
export function loadSettings(store: Store): Settings {
  const settings: Record<string, unknown> = { ...defaultSettings() };
  const rows = store.prepare('SELECT key, value FROM settings').all() as { key: string; value: string }[];
  for (const { key, value } of rows) {
    if (!Object.hasOwn(settings, key)) continue;
    const parsed: unknown = JSON.parse(value);
    if (settingsSchema.shape[key as keyof Settings].safeParse(parsed).success) settings[key] = parsed;
  }
  return settingsSchema.parse(settings);
}

/** Saves some settings; returns all of them. */
export function saveSettings(store: Store, changes: Partial<Settings>): Settings {
  return store.transaction(() => {
    const all = settingsSchema.parse({ ...loadSettings(store), ...changes });
    const save = store.prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    for (const key of Object.keys(changes)) save.run(key, JSON.stringify(all[key as keyof Settings]));
    return all;
  });
}

function defaultSettings(): Settings {
  return {
    theme: 'system',
    rater: userName(),
    advanceAfterLabel: true,
    playOnMove: true,
    viewerTracks: ['spectrogram', 'mfcc'],
    viewerRecipe: CLASSIC_RECIPE.name,
    lastCorpusId: null,
    keys: {},
    closedCorpusIds: [],
    clipColumns: ['path', 'speaker', 'utterance', 'label', 'duration', 'rate', 'rater'].map((key) => ({
      key: key as ClipColumn['key'],
    })),
    recipes: [],
    foldsInParallel: null,
  };
}

/** The account's name, for decisions made before a rater says who they are. */
function userName(): string {
  try {
    return userInfo().username.trim().slice(0, 80) || 'me';
  } catch {
    return 'me';
  }
}
