// The committed WebAssembly is what the sources beside it make.
import { expect, test } from 'vitest';
import { NATIVE_MODULES, sourceHash, type NativeModule } from './build.ts';

test.each(Object.keys(NATIVE_MODULES) as NativeModule[])('%s is built from its sources', async (name) => {
  const built = (await import(`./${name}.wasm.ts`)) as { SOURCE_HASH: string; WASM_BASE64: string };
  expect(built.SOURCE_HASH).toBe(sourceHash(name));
  expect(WebAssembly.validate(Buffer.from(built.WASM_BASE64, 'base64'))).toBe(true);
});
