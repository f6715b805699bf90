// Builds every part of the studio into dist/: engine side, Electron main and preload, renderer.
import { build, type InlineConfig } from 'vite';
import { electronBuilds, engineBuild, rendererBuild } from '../vite.config.ts';

const parts: readonly [string, InlineConfig][] = [
  ['engine', engineBuild],
  ...electronBuilds.map((config): [string, InlineConfig] => ['electron', config]),
  ['renderer', rendererBuild],
];

for (const [name, config] of parts) {
  const startedMs = performance.now();
  await build({ ...config, logLevel: 'warn' });
  console.error(`built ${name} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
