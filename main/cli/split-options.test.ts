// Splits as they are typed: what would be ignored, or cannot be meant, is refused.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { unpackDemoCorpus } from '../corpus/demo.ts';
import { UsageError } from './commands.ts';
import { withEngine } from './local-engine.ts';
import { openedSplit, type SplitOptions, typedSplit } from './split-options.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'pathos-cli-split-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refused = (options: SplitOptions, message: RegExp): void => {
  expect(() => typedSplit(options)).toThrow(UsageError);
  expect(() => typedSplit(options)).toThrow(message);
};

it.each(['', '03,', ',', '03, ,08'])('--hold-out "%s" names no speaker somewhere', (holdOut) =>
  refused({ split: 'hold-out-speakers', holdOut }, /^--hold-out takes speakers with commas between them/),
);

it('refuses what no split takes, by its place', () =>
  refused({ split: 'hold-out-speakers', holdOut: `03,${'x'.repeat(1001)}` }, /speakers\[1\]: .*1000/));

it('refuses to draw speakers that are named', () =>
  refused({ split: 'hold-out-speakers', holdOut: '03,08', share: 0.8 }, /--hold-out .* --share/));

it.each([
  ['neutral=anger,neutral=happiness', /names "neutral" twice/],
  ['neutral=anger, neutral=', /names "neutral" twice/],
  ['=anger', /as in wut=anger/],
  ['anger', /as in wut=anger/],
  ['a=b=c', /as in wut=anger/],
])('--label-map "%s" is refused', (labelMap, message) =>
  refused({ split: 'cross-corpus', testCorpus: folder, labelMap }, message),
);

it('refuses a label that the corpus to test on does not have, whatever it leads to', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const demo = await unpackDemoCorpus(folder);
  const testCorpus = path.join(folder, 'small');
  for (const label of ['anger', 'fear']) {
    mkdirSync(path.join(testCorpus, label), { recursive: true });
    const [clip] = readdirSync(path.join(demo, label));
    copyFileSync(path.join(demo, label, clip!), path.join(testCorpus, label, clip!));
  }
  const opened = (labelMap: string) =>
    withEngine(path.join(folder, 'workspace'), (client, signal) =>
      openedSplit(client, typedSplit({ split: 'cross-corpus', testCorpus, labelMap }), signal),
    );
  expect(await opened('fear=,anger=sadness')).toMatchObject({ labelMap: { fear: null, anger: 'sadness' } });
  for (const map of ['faer=', 'faer=anger']) {
    await expect(opened(map)).rejects.toThrow(UsageError);
    await expect(opened(map)).rejects.toThrow(
      'names "faer", which small has no clips of. It has: anger, fear.',
    );
  }
});
