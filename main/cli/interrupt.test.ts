// Ctrl C: whatever a command is at, it ends soon, says so in a sentence, and is no bug.
import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLASSIC_RECIPE } from '../../shared/recipe/recipe.ts';
import { loadMono } from '../audio/decode.ts';
import { encodeWavPcm16 } from '../audio/wav.ts';
import { unpackDemoCorpus } from '../corpus/demo.ts';
import { index, openCorpus, runNumber } from './commands.ts';
import { Interrupted, withEngine } from './local-engine.ts';
import { shrinkDemo } from './testing.ts';
import { followToDone, train } from './train-command.ts';

const entry = fileURLToPath(new URL('pathos.ts', import.meta.url));
const RATE_HZ = 22_050;
let folder: string;
let workspace: string;
let demo: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pathos-cli-interrupt-'));
  workspace = path.join(folder, 'workspace');
  demo = await unpackDemoCorpus(folder);
  shrinkDemo(demo);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const longRecipe = {
  ...CLASSIC_RECIPE,
  layers: [{ type: 'lstm' as const, units: 4, returnSequences: false }],
  training: { ...CLASSIC_RECIPE.training, epochs: 10_000 },
};

/** Presses Ctrl C as soon as a line of progress says so. */
function interruptAt(line: RegExp): void {
  vi.spyOn(console, 'error').mockImplementation((said: string) => {
    if (line.test(said)) process.emit('SIGINT', 'SIGINT');
  });
}

/** A command of its own, stopped once it says so, or, where it says nothing, once it has a temporary file. */
async function stopped(
  args: readonly string[],
  says?: RegExp,
): Promise<{ code: number | null; stderr: string; document: unknown; left: string[] }> {
  const temporary = mkdtempSync(path.join(folder, 'temporary-'));
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, [entry, ...args, '--json'], { env });
  let [stdout, stderr] = ['', ''];
  let look: NodeJS.Timeout | undefined;
  const stopOnce = (isAtWork: boolean): void => {
    if (!isAtWork || child.killed) return;
    clearInterval(look);
    child.kill('SIGINT');
  };
  if (!says) look = setInterval(() => stopOnce(readdirSync(temporary).length > 0), 5);
  child.stdout.on('data', (data: Buffer) => (stdout += String(data)));
  child.stderr.on('data', (data: Buffer) => {
    stderr += String(data);
    stopOnce(says?.test(stderr) ?? false);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(look);
  return { code, stderr, document: JSON.parse(stdout), left: readdirSync(temporary) };
}

const INTERRUPTED = { error: { code: 'INTERRUPTED', message: 'Interrupted.' } };

it('does not train what was interrupted between indexing and training', async () => {
  interruptAt(/Indexing 48\/48/);
  await expect(train(demo, { workspace, recipe: 'classic', split: 'random', seed: 1 })).rejects.toThrow(
    Interrupted,
  );
  await withEngine(workspace, async (client) => expect(await client.runs.list({})).toEqual([]));
});

it('cancels a run that was interrupted while it was being started', async () => {
  const ended = withEngine(workspace, async (client, signal) => {
    const { summary } = await openCorpus(client, demo, {}, signal);
    const { runId } = await client.runs.start({
      ...{ corpusId: summary.corpusId, recipe: longRecipe, split: 'random', backend: 'wasm' },
    });
    return followToDone(client, runId, AbortSignal.abort(new Interrupted()));
  });
  await expect(ended).rejects.toThrow(/Run 1 cancelled/);
});

it('takes a cancelled run that kept a model for the last one, and none that kept nothing', async () => {
  const own = path.join(folder, 'own');
  await withEngine(own, async (client, signal) => {
    const { summary } = await openCorpus(client, demo, {}, signal);
    const asked = {
      corpusId: summary.corpusId,
      recipe: longRecipe,
      split: 'random',
      backend: 'wasm',
    } as const;
    const { runId } = await client.runs.start(asked);
    for await (const event of await client.runs.watch({ runId })) if (event.type === 'epoch') break;
    await client.runs.cancel({ runId });
    const nothing = await client.runs.start(asked);
    await client.runs.cancel({ runId: nothing.runId });
    expect(await client.runs.list({})).toMatchObject([
      { runId: 2, state: 'cancelled', foldsDone: 0 },
      { runId: 1, state: 'cancelled', foldsDone: 0 },
    ]);
    expect(await runNumber(client, 'last')).toBe(1);
    await client.runs.remove({ runId });
    await expect(runNumber(client, 'last')).rejects.toThrow('No run in this workspace has a model');
  });
});

it('is interrupted while it indexes, and says that alone', async () => {
  interruptAt(/Indexing/);
  await expect(index(demo, { workspace })).rejects.toThrow(Interrupted);
});

describe('a command of its own', () => {
  let many: string;
  let some: string;
  let long: string;
  let runId: string;

  beforeAll(async () => {
    const wav = (seconds: number, sample: (i: number) => number): Uint8Array =>
      encodeWavPcm16([Float32Array.from({ length: seconds * RATE_HZ }, (_, i) => sample(i))], RATE_HZ);
    some = path.join(folder, 'some');
    mkdirSync(some);
    for (let n = 0; n < 1500; n++) {
      writeFileSync(
        path.join(some, `${n}.wav`),
        wav(0.2, (i) => Math.sin(i * (0.01 + n / 1e4)) / 3),
      );
    }
    // Seconds of indexing, that it is stopped in its middle also where stopping it takes one.
    many = path.join(folder, 'many');
    mkdirSync(many);
    for (let i = 0; i < 20_000; i++) {
      linkSync(path.join(some, `${i % 1500}.wav`), path.join(many, `${i}.wav`));
    }
    // Speech, so that the live path asks the model of it and not the gate alone, which is soon through.
    const spoken = await loadMono(path.join(demo, 'fear', 'f01 (1).wav'), RATE_HZ);
    long = path.join(folder, 'long.wav');
    writeFileSync(
      long,
      wav(20 * 60, (i) => spoken[i % spoken.length]!),
    );
    const quick = { recipe: 'classic', split: 'random', seed: 1, epochs: 1, backend: 'wasm' } as const;
    runId = String(((await train(demo, { workspace, ...quick })) as { runId: number }).runId);
  });

  it.each(['index', 'features --recipe all', 'train'])(
    '%s ends with a sentence, neither stack nor log',
    async (command) => {
      const own = path.join(folder, command);
      const [what, ...options] = command.split(' ');
      const { code, stderr, document } = await stopped(
        [what!, what === 'features' ? some : many, ...options, '--workspace', own],
        /^(Indexing|Features) /m,
      );
      expect(document).toEqual(INTERRUPTED);
      expect(code).toBe(1);
      expect(stderr.replace(/^(Indexing|Features) .*\n/gm, '')).toBe('Interrupted.\n');
    },
  );

  it.each(['predict', 'predict --over-time', 'live'])(
    '%s does not go on with a long file, and leaves nothing behind',
    async (command) => {
      const args = [...command.split(' '), long, '--run', runId, '--workspace', workspace];
      const { code, document, stderr, left } = await stopped(args);
      expect(document).toEqual(INTERRUPTED);
      expect(code).toBe(1);
      expect(stderr).toBe('Interrupted.\n');
      expect(left).toEqual([]);
    },
  );
});
