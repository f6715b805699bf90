// The generic corpus: a folder a label, perhaps with a folder a speaker inside it or around it.
import { emotionOf, normaliseLabel } from '../../shared/labels/emotions.ts';
import { NO_FACTS, type Adapter } from './adapter.ts';

const MAX_LABEL_CHARACTERS = 64;

/** Which folder on the way to a file is the label, which the speaker. 0 is the outermost; null: none. */
export interface Levels {
  readonly label: number | null;
  readonly speaker: number | null;
}

/**
 * Finds the levels from all paths together. The label is the level whose names are known emotions for the most files,
 * else the outermost one. The speaker is the level inside it, else the one around it if that has several folders.
 * Where no file lies in a folder, there are neither, and every file is a clip without a label.
 */
export function findLevels(paths: readonly string[]): Levels {
  const folders = paths.map(foldersOf);
  const depth = folders.reduce((most, names) => Math.max(most, names.length), 0);
  if (depth === 0) return { label: null, speaker: null };
  const known = Array.from({ length: depth }, () => 0);
  for (const names of folders) {
    names.forEach((name, level) => {
      if (emotionOf(name)) known[level]!++;
    });
  }
  const label = known.indexOf(Math.max(...known));
  const inside = folders.some((names) => names.length > label + 1) ? label + 1 : null;
  const around = new Set(folders.map((names) => names[label - 1])).size > 1 ? label - 1 : null;
  return { label, speaker: inside ?? around };
}

/** @param paths all audio files of the corpus: the meaning of a level shows in all of them together */
export function foldersAdapter(paths: readonly string[]): Adapter {
  const levels = findLevels(paths);
  return {
    name: 'folders',
    read(path) {
      if (levels.label === null) return { facts: NO_FACTS };
      const names = foldersOf(path);
      const folder = names[levels.label];
      if (folder === undefined) return { misfit: 'lies in no folder that would be its label' };
      const label = normaliseLabel(folder);
      if (label === '' || label.length > MAX_LABEL_CHARACTERS) {
        return {
          misfit: `lies in a folder whose name is no label (1 to ${MAX_LABEL_CHARACTERS} characters)`,
        };
      }
      const speaker = levels.speaker === null ? null : (names[levels.speaker] ?? null);
      return { facts: { ...NO_FACTS, label, speaker } };
    },
  };
}

function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}
