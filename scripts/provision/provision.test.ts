// Provisioning against real folders, real processes and a real server: what must hold on any machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sourceStamp } from './built.ts';
import { builtOnce, cacheFolder } from './cache.ts';
import { neededPackages } from './dropped-package.ts';
import { climb, type Rung } from './ladder.ts';
import { unreachable } from './network.ts';
import { explain } from './outcome.ts';
import { findProgram, run } from './run.ts';
import { missingPackages } from './system.ts';
import { ensureTensorflow, linkParts } from './tensorflow.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathos-provision-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('cache', () => {
  it('is where PATHOS_CACHE says', () => {
    expect(cacheFolder({ PATHOS_CACHE: folder })).toBe(folder);
    expect(cacheFolder({})).toMatch(/pathos-studio/);
  });

  it('builds once, for callers one after the other and at once', async () => {
    let builds = 0;
    const build = async (target: string): Promise<void> => {
      builds++;
      await new Promise((done) => setTimeout(done, 50));
      writeFileSync(join(target, 'thing'), 'whole');
    };
    const paths = await Promise.all([1, 2, 3].map(() => builtOnce('a/thing-1', build, { cache: folder })));
    paths.push(await builtOnce('a/thing-1', build, { cache: folder }));
    expect(new Set(paths)).toEqual(new Set([join(folder, 'a', 'thing-1')]));
    expect(builds).toBe(1);
  });

  it('leaves nothing that looks finished when a build fails, and the next one works', async () => {
    const fail = (target: string): Promise<void> => {
      writeFileSync(join(target, 'half'), '');
      return Promise.reject(new Error('the network went away'));
    };
    await expect(builtOnce('thing', fail, { cache: folder })).rejects.toThrow('the network went away');
    expect(readdirSync(folder)).toEqual(['thing.lock']);
    const path = await builtOnce('thing', (it) => Promise.resolve(writeFileSync(join(it, 'x'), '')), {
      cache: folder,
    });
    expect(readdirSync(path)).toEqual(['x']);
  });

  it('waits for another process, and is given way when that process is killed', async () => {
    const script = `
      import { builtOnce } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'cache.ts')).href)};
      await builtOnce('thing', () => { process.stdout.write('holds'); return new Promise(() => setInterval(() => {}, 1000)); },
        { cache: ${JSON.stringify(folder)} });`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(holder.stdout, 'data');
    const limited = { cache: folder, lockTimeoutMs: 10 };
    await expect(builtOnce('thing', () => Promise.resolve(), limited)).rejects.toThrow(
      /another process holds/,
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await expect(builtOnce('thing', () => Promise.resolve(), { cache: folder })).resolves.toBe(
      join(folder, 'thing'),
    );
  });
});

describe('ladder', () => {
  const rung = (name: string, hindrance: string, result: string | Error): Rung<string> => ({
    name,
    hindrance: () => hindrance,
    take: () => (result instanceof Error ? Promise.reject(result) : Promise.resolve(result)),
  });

  it('takes the first that holds and keeps why the others did not', async () => {
    const steps = [
      rung('one', 'no network', 'x'),
      rung('two', '', new Error('broke')),
      rung('three', '', 'y'),
    ];
    expect(await climb([...steps, rung('four', '', 'z')])).toEqual({
      ok: true,
      rung: 'three',
      value: 'y',
      reasons: ['one: no network', 'two: broke'],
    });
  });

  it('answers all reasons when none holds', async () => {
    const usual = { ...rung('zero', 'nothing kept', 'w'), unremarkable: true };
    const steps = [usual, rung('one', 'no network', 'x'), rung('two', 'no compiler', 'y')];
    expect(await climb(steps)).toEqual({ ok: false, reasons: ['one: no network', 'two: no compiler'] });
  });
});

describe('programs', () => {
  it('finds what is on the path, and not what is absent', () => {
    expect(findProgram('node', join(process.execPath, '..'))).toBe(process.execPath);
    expect(findProgram('no-such-program-here')).toBeUndefined();
  });

  it('says that a program is missing instead of throwing', async () => {
    const result = await run('no-such-program-here', [], { timeoutMs: 5000 });
    expect(result.code).toBeNull();
    expect(result.failure).toMatch(/could not be started/);
  });

  it.skipIf(process.platform === 'win32')(
    'ends a program that takes too long, and what it started',
    async () => {
      // A shell, which starts in no time: a Node might not have come to its first beat.
      const mark = join(folder, 'beats');
      const inner = `while :; do printf . >> '${mark}'; sleep 0.02; done`;
      const result = await run('sh', ['-c', `sh -c "${inner}" & wait`], { timeoutMs: 4000 });
      expect(result.failure).toMatch(/did not finish within 4 s/);
      const beats = readFileSync(mark).length;
      await sleep(300);
      expect(beats).toBeGreaterThan(0);
      expect(readFileSync(mark).length).toBe(beats);
    },
  );
});

describe('network', () => {
  let server: Server;
  let address: string;
  beforeEach(async () => {
    vi.stubEnv('NO_PROXY', '127.0.0.1').stubEnv('no_proxy', '127.0.0.1');
    server = createServer((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(request.url === '/there' ? 200 : 403).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  it('tells what can be downloaded from what is refused, silent or nowhere', async () => {
    expect(await unreachable(`${address}/there`)).toBe('');
    expect(await unreachable(`${address}/refused`)).toMatch(/answers 403/);
    expect(await unreachable(`${address}/silent`, 100)).toMatch(/does not answer within 0.1 s/);
    expect(await unreachable('http://127.0.0.1:1/there')).toMatch(/is not reachable/);
  });
});

describe('a package that npm dropped', () => {
  const packages = {
    '': {},
    'node_modules/want': {
      version: '1.0.0',
      integrity: 'sha512-a',
      dependencies: { deep: '^1', '@s/shared': '^2' },
    },
    'node_modules/want/node_modules/deep': {
      version: '1.1.0',
      integrity: 'sha512-b',
      dependencies: { leaf: '*' },
    },
    'node_modules/deep': { version: '9.0.0', integrity: 'sha512-c' },
    'node_modules/@s/shared': { version: '2.0.0', integrity: 'sha512-d', dependencies: { want: '*' } },
    'node_modules/leaf': { version: '3.0.0', integrity: 'sha512-e' },
    'node_modules/other': { version: '5.0.0', integrity: 'sha512-f' },
  };

  it('names it and what it needs, as the lock resolves them, outer ones first', () => {
    const needed = neededPackages(packages, 'want', () => false);
    expect(needed.map(({ path, spec, tarball }) => [path, spec, tarball])).toEqual([
      ['node_modules/want', 'want@1.0.0', 'want-1.0.0.tgz'],
      ['node_modules/leaf', 'leaf@3.0.0', 'leaf-3.0.0.tgz'],
      ['node_modules/@s/shared', '@s/shared@2.0.0', 's-shared-2.0.0.tgz'],
      ['node_modules/want/node_modules/deep', 'deep@1.1.0', 'deep-1.1.0.tgz'],
    ]);
  });

  it('leaves what is there', () => {
    const there = new Set(['node_modules/leaf', 'node_modules/@s/shared']);
    const needed = neededPackages(packages, 'want', (path) => there.has(path));
    expect(needed.map(({ path }) => path)).toEqual([
      'node_modules/want',
      'node_modules/want/node_modules/deep',
    ]);
    expect(neededPackages(packages, 'want', () => true)).toEqual([]);
  });
});

describe('system libraries', () => {
  const known = [
    '\tlibgtk-3.so.0 (libc6,x86-64) => /lib/libgtk-3.so.0',
    '\tlibnss3.so (libc6,x86-64) => /lib/libnss3.so',
    '\tlibasound.so.2 (libc6,x86-64) => /lib/libasound.so.2',
    '\tlibgbm.so.1 (libc6,x86-64) => /lib/libgbm.so.1',
    '\tlibXss.so.1 (libc6,x86-64) => /lib/libXss.so.1',
    '\tlibatk-bridge-2.0.so.0 (libc6,x86-64) => /lib/libatk-bridge-2.0.so.0',
    '\tlibcups.so.2 (libc6,x86-64) => /lib/libcups.so.2',
    '\tlibdrm.so.2 (libc6,x86-64) => /lib/libdrm.so.2',
    '\tlibxkbcommon.so.0 (libc6,x86-64) => /lib/libxkbcommon.so.0',
  ];

  it('asks for nothing where all are known', () => {
    expect(missingPackages(known.join('\n'), true)).toEqual([]);
  });

  it('names the packages of those that are not, and is not misled by a longer name', () => {
    const some = known.filter((line) => !/libnss3|libdrm/.test(line));
    const misleading = '\tlibdrm.so.2.4 (libc6,x86-64) => /lib/libdrm.so.2.4';
    expect(missingPackages([...some, misleading].join('\n'), false)).toEqual(['xvfb', 'libnss3', 'libdrm2']);
  });
});

describe('staleness of the build', () => {
  const stamp = (): string => sourceStamp(folder, ['main', 'package.json']);
  beforeEach(() => {
    mkdirSync(join(folder, 'main', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'main', 'deep', 'a.ts'), 'a');
    writeFileSync(join(folder, 'package.json'), '{}');
  });

  it('changes when a source is written, added or removed', () => {
    const before = stamp();
    expect(stamp()).toBe(before);
    writeFileSync(join(folder, 'main', 'b.ts'), 'b');
    const added = stamp();
    expect(added).not.toBe(before);
    rmSync(join(folder, 'main', 'b.ts'));
    expect(stamp()).toBe(before);
    utimesSync(join(folder, 'main', 'deep', 'a.ts'), 1, 1);
    expect(stamp()).not.toBe(before);
  });

  it('is the same when a test or a file elsewhere changes', () => {
    const before = stamp();
    writeFileSync(join(folder, 'main', 'deep', 'a.test.ts'), 'test');
    writeFileSync(join(folder, 'README.md'), 'read');
    expect(stamp()).toBe(before);
  });
});

describe('native TensorFlow', () => {
  it('replaces what is in the package by links to the cache, without touching what links point to', () => {
    const [one, two, target] = ['one', 'two', 'package'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const built of [one, two]) {
      for (const part of ['lib', 'deps']) {
        mkdirSync(join(built, part), { recursive: true });
        writeFileSync(join(built, part, 'file'), built);
      }
    }
    mkdirSync(join(target, 'lib'), { recursive: true });
    symlinkSync(join(one, 'deps'), join(target, 'deps'));
    linkParts(target, two);
    linkParts(target, two);
    expect(readFileSync(join(target, 'lib', 'file'), 'utf8')).toBe(two);
    expect(readFileSync(join(target, 'deps', 'file'), 'utf8')).toBe(two);
    expect(existsSync(join(one, 'deps', 'file'))).toBe(true);
  });

  it('answers a plain sentence, what works without it and a command where it cannot be had', async () => {
    writeFileSync(join(folder, 'package-lock.json'), '{"packages":{}}');
    const outcome = await ensureTensorflow({ root: folder, cache: join(folder, 'cache') });
    if (outcome.ok) throw new Error('nothing was there to load');
    const sentence = explain('TensorFlow', outcome);
    expect(sentence).toMatch(/could not be had/);
    expect(sentence).toMatch(/WebAssembly/);
    expect(sentence).toMatch(/npm run provision -- tensorflow/);
  });
});
