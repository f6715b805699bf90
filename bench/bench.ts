// Runs a benchmark by name: `npm run bench -- NAME`. Each prints its figures, their limits and pass or short.
import { readdirSync } from 'node:fs';
import { parse } from 'node:path';

/** What a benchmark's module exports. Resolves to whether every limit was kept. */
interface Bench {
  run(args: readonly string[]): Promise<boolean>;
}

/** Benchmarks are the modules beside this one but this one; `name.test.ts` and `_name.ts` are not benchmarks. */
function benchNames(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => /^[a-z][a-z0-9-]*\.ts$/.test(file) && file !== 'bench.ts')
    .map((file) => parse(file).name)
    .sort();
}

const [name, ...args] = process.argv.slice(2);
const names = benchNames();
if (name !== undefined && names.includes(name)) {
  const bench = (await import(`./${name}.ts`)) as Bench;
  const passed = await bench.run(args);
  process.exitCode = passed ? 0 : 1;
} else {
  if (name !== undefined) console.error(`There is no benchmark "${name}".`);
  console.error(`usage: npm run bench -- NAME\nbenchmarks: ${names.join(', ')}`);
  process.exitCode = 2;
}
