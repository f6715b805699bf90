// The kernel that is kept is the one its sources make.
import { expect, test } from 'vitest';
import { buildKernelModule, keptKernelModule } from './kernel.ts';

test('a rebuild of the kernel gives the same bytes', async () => {
  expect(await buildKernelModule(), 'run `node scripts/kernel.ts` and commit the result').toBe(
    keptKernelModule(),
  );
});
