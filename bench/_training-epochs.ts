// One epoch for every line it is sent, by a path of ours: the process that bench/training-speed.ts measures.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BackendName } from '../shared/contract/schemas.ts';
import type { Recipe } from '../shared/recipe/recipe.ts';
import { epochBatches } from '../main/training/batches.ts';
import { createStep } from '../main/training/choose-step.ts';

const [folder = '', backend] = process.argv.slice(2);
const read = (name: string): Buffer => readFileSync(path.join(folder, name));
const { recipe, labels, train } = JSON.parse(read('job.json').toString()) as {
  recipe: Recipe;
  labels: number;
  train: number[];
};
const { step } = await createStep({
  recipe,
  labels,
  train: Int32Array.from(train),
  features: new Float32Array(new Uint8Array(read('features.f32')).buffer),
  targets: new Int32Array(new Uint8Array(read('targets.i32')).buffer),
  seed: 1,
  fold: 0,
  backend: backend as BackendName,
});

let epoch = 0;
for await (const _ of createInterface(process.stdin)) {
  const startedAt = performance.now();
  epoch += 1;
  let lossSum = 0;
  for (const batch of epochBatches(Int32Array.from(train), recipe.training.batchSize, 1, 0, epoch))
    lossSum += step.train(batch).lossSum;
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(JSON.stringify({ seconds, loss: lossSum / train.length, words: `${step.path}: ${step.how}` }));
}
step.dispose();
process.exit(0);
