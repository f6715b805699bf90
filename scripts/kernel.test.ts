// The kernels that are kept are the ones their sources make.
import { expect, test } from 'vitest';
import { buildKernelModule, keptKernelModule, KERNELS } from './kernel.ts';

test.each(Object.keys(KERNELS))('a rebuild of the kernel for %s gives the same bytes', async (name) => {
  const kernel = KERNELS[name]!;
  expect(await buildKernelModule(kernel), 'run `node scripts/kernel.ts` and commit the result').toBe(
    keptKernelModule(kernel),
  );
});
