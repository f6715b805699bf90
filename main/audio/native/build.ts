// Builds the WebAssembly modules from the C beside it: `node main/audio/native/build.ts`, with clang and wasm-ld.
// The results are committed, as TypeScript that any bundler takes along; a test holds them to these sources.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each module and every file that goes into it. */
export const NATIVE_MODULES = {
  resample: ['resample.c', 'freestanding.h'],
  pcm: ['pcm.c', 'freestanding.h'],
  mpeg: ['mpeg.c', 'freestanding.h', 'third-party/minimp3.h'],
  vorbis: ['vorbis.c', 'freestanding.h', 'third-party/stb_vorbis.c'],
} as const;
export type NativeModule = keyof typeof NATIVE_MODULES;

/** Hex SHA-256 of a module's sources. */
export function sourceHash(name: NativeModule): string {
  const hash = createHash('sha256');
  for (const file of NATIVE_MODULES[name]) hash.update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest('hex');
}

const COMPILE = [
  '--target=wasm32',
  '-O3',
  '-ffreestanding',
  '-fno-builtin',
  '-fno-strict-aliasing',
  '-w',
  '-c',
];
/** Where vectors are written as such. Left to find its own, clang 14 makes minimp3 decode noise. */
const VECTORS: Readonly<Partial<Record<NativeModule, string>>> = {
  resample: '-msimd128',
  pcm: '-msimd128',
};
/** An instance may take 64 MB and no more: what a damaged header asks beyond that is refused. */
const LINK = [
  '--no-entry',
  '--strip-all',
  '-z',
  'stack-size=131072',
  '--stack-first',
  '--max-memory=67108864',
];

function build(name: NativeModule): void {
  const here = import.meta.dirname;
  const scratch = mkdtempSync(join(tmpdir(), 'pathos-native-'));
  try {
    const object = join(scratch, `${name}.o`);
    const module = join(scratch, `${name}.wasm`);
    execFileSync('clang', [
      ...COMPILE,
      VECTORS[name] ?? '-mno-simd128',
      ...['-isystem', join(here, 'include'), '-o', object, join(here, `${name}.c`)],
    ]);
    execFileSync('wasm-ld', [...LINK, '-o', module, object]);
    const text = [
      `// WebAssembly of ${NATIVE_MODULES[name][0]}, made by build.ts; not to be edited.`,
      `export const SOURCE_HASH = '${sourceHash(name)}';`,
      `export const WASM_BASE64 =\n  '${readFileSync(module).toString('base64')}';\n`,
    ];
    writeFileSync(join(here, `${name}.wasm.ts`), text.join('\n'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const names = process.argv.slice(2) as NativeModule[];
  for (const name of names.length > 0 ? names : (Object.keys(NATIVE_MODULES) as NativeModule[])) build(name);
}
