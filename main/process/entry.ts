// Finds the files of other processes and of resources, from the sources and from the build alike.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Entries that run as processes or threads of their own: name in the build, file in the sources. */
export const ENTRY_SOURCES = {
  engine: 'main/host/engine-process.ts',
  trainer: 'main/training/trainer.ts',
  predictor: 'main/inference/worker.ts',
  features: 'main/features/worker.ts',
  listener: 'main/corpus/listener-thread.ts',
  tracks: 'main/tracks/worker.ts',
  live: 'main/live/worker.ts',
} as const;
export type EntryName = keyof typeof ENTRY_SOURCES;

const here = fileURLToPath(import.meta.url);
const fromSources = here.endsWith('.ts');

/** The file to start a process with. */
export function entryFile(name: EntryName): string {
  return fromSources
    ? path.join(appRoot(), ENTRY_SOURCES[name])
    : path.join(path.dirname(here), `${name}.js`);
}

/** The folder that holds package.json, resources and dist. */
export function appRoot(): string {
  let folder = path.dirname(here);
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${here}`);
    folder = parent;
  }
  return folder;
}

/** Icons, font and the demo corpus. */
export function resourcesDir(): string {
  return path.join(appRoot(), 'resources');
}
