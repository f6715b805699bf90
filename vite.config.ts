// How each part of the studio is built; `node scripts/build.ts` builds them all, vitest reads the test part.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import type { InlineConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { ENTRY_SOURCES } from './main/process/entry.ts';

const root = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Oldest renderer the studio runs in. */
const RENDERER_TARGET = 'chrome108';
/** Native or split packages that stay beside the bundle in node_modules. */
const KEPT_OUTSIDE = [/^better-sqlite3($|\/)/, /^@tensorflow\//, '@echogarden/fvad-wasm', 'electron', 'open'];

export const rendererBuild: InlineConfig = {
  configFile: false,
  root: root('renderer'),
  base: './',
  plugins: [svelte()],
  worker: { format: 'es' },
  css: { transformer: 'lightningcss', lightningcss: { targets: { chrome: 108 << 16 } } },
  build: {
    outDir: root('dist/renderer'),
    emptyOutDir: true,
    target: RENDERER_TARGET,
    cssMinify: 'lightningcss',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    // A slow machine's first start would read as something to act on.
    rolldownOptions: { checks: { pluginTimings: false } },
    reportCompressedSize: false,
  },
};

interface NodeBuild {
  readonly outDir: string;
  readonly entries: Readonly<Record<string, string>>;
  readonly format: 'es' | 'cjs';
  readonly target: string;
}

function nodeBuild({ outDir, entries, format, target }: NodeBuild): InlineConfig {
  return {
    configFile: false,
    root: root('.'),
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: root(outDir),
      emptyOutDir: true,
      target,
      minify: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, root(path)])),
        external: KEPT_OUTSIDE,
        output: {
          format,
          entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js',
          chunkFileNames: format === 'cjs' ? '[name]-[hash].cjs' : '[name]-[hash].js',
        },
      },
    },
  };
}

/** Engine side: plain Node 24. One folder, so that every process finds the others beside it. */
export const engineBuild = nodeBuild({
  outDir: 'dist/engine',
  entries: {
    ...ENTRY_SOURCES,
    serve: 'main/browser/serve.ts',
    pathos: 'main/cli/pathos.ts',
  },
  format: 'es',
  target: 'node24',
});

/** Electron's main process (Node 16 in the oldest) and its sandboxed preload: one CommonJS file each. */
export const electronBuilds = [
  nodeBuild({
    outDir: 'dist/electron',
    entries: { main: 'main/electron/main.ts' },
    format: 'cjs',
    target: 'node16',
  }),
  nodeBuild({
    outDir: 'dist/preload',
    entries: { preload: 'main/electron/preload.ts' },
    format: 'cjs',
    target: 'node16',
  }),
];

export default defineConfig({
  test: {
    include: ['{main,shared,scripts,bench}/**/*.test.ts', 'renderer/**/*.test.ts'],
    // Some wait for trainers, which let everything else go first.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
