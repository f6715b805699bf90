// Tests of what a caller is told where an input is not as the contract has it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MOST_SOUND_BYTES, soundFile } from '../../shared/contract/calls/base.ts';
import { withEngine } from '../cli/local-engine.ts';

it('names the value that does not fit, and is no unexpected error', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pathos-answering-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await withEngine(folder, async (client) => {
    await expect(client.runs.start({ corpusId: 1, epochs: 20_000 })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/^epochs: .*10000/) as string,
    });
  });
});

it('names a sound that is too long to be sent', () => {
  const file = Object.defineProperty(new File([], 'opera.wav'), 'size', { value: MOST_SOUND_BYTES + 1 });
  expect(soundFile.safeParse(file).error?.issues[0]?.message).toContain('opera.wav has 200000001 bytes');
});
