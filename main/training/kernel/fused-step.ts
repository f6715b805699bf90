// The fused step: a whole batch in the kernel. Weights, gradients and moments stay in its memory between batches.
import type { LayerSpec, TrainingSpec } from '../../../shared/recipe/recipe.ts';
import { correctedRate } from '../adam-rate.ts';
import { dropoutFactors, type FoldSeed } from '../dropout.ts';
import type { Score, TrainingData, TrainingState, TrainingStep } from '../step.ts';
import { Kernel, threadWords, type KernelBuild } from './kernel.ts';
import { KernelNetwork, type Group } from './network.ts';
import { ROW, TapeSpace, type Panels } from './tape.ts';

export interface FusedStepOptions extends FoldSeed {
  readonly layers: readonly LayerSpec[];
  readonly training: TrainingSpec;
  readonly labels: number;
  readonly data: TrainingData;
  /** In the order of `initialWeights`. */
  readonly weights: Float32Array;
  /** 1 or 2; results are the same to the last bit. */
  readonly threads: number;
  /** Default: the fastest that runs here. */
  readonly build?: KernelBuild;
}

/** Fewest clips a group holds: scoring goes faster than clip by clip. */
const FEWEST_HELD = 16;
const FLOAT = 4;

/**
 * The step as the kernel computes it, with the definitions of the stock step. Every batch is two groups of clips
 * whose gradients are added, by one thread or by two.
 * @throws RangeError where layers do not fit together or 4 GB do not hold them
 */
export function createFusedStep(options: FusedStepOptions): TrainingStep {
  const { training, data, labels, threads } = options;
  const [, steps, columns] = data.shape;
  const kernel = new Kernel(options.build);
  const held = Math.max(FEWEST_HELD, Math.ceil(training.batchSize / 2));
  const network = new KernelNetwork(kernel, { layers: options.layers, steps, columns, labels }, held);
  const { layout, vectors, groups } = network;
  const vector = (at: number): Float32Array<ArrayBufferLike> => kernel.floats(at, layout.length);
  const settings = kernel.allocate(4 * FLOAT);
  const tapes = new TapeSpace(kernel);
  const adam = ([0, 1] as const).map((half) => tapes.keep((tape) => network.writeAdam(tape, half, settings)));
  const runTwo = (first: number, second: number): void => {
    if (threads > 1) return kernel.runBoth(first, second);
    kernel.run(first);
    kernel.run(second);
  };
  let done = 0;
  layout.scatter(options.weights, vector(vectors.weights));

  /** Runs forward, and in training backward, over at most `2 held` clips. */
  const pass = (positions: Int32Array, train: boolean): Score => {
    const middle = Math.ceil(positions.length / 2);
    const parts = [positions.subarray(0, middle), positions.subarray(middle)];
    const busy = parts.flatMap((part, i) => {
      if (part.length === 0) return [];
      const group = groups[i]!;
      putIn(kernel, group, part, data);
      const key = `${i} ${part.length} ${train ? positions.length : 0}`;
      return [tapes.get(key, (tape) => network.write(tape, group, part.length, positions.length, train))];
    });
    if (train) putFactors(kernel, network, parts, options, done);
    if (busy.length === 2) runTwo(busy[0]!, busy[1]!);
    else {
      if (train) vector(vectors.gradients[1]).fill(0);
      kernel.run(busy[0]!);
    }
    const scores = groups.slice(0, busy.length).map(({ score }) => kernel.doubles(score, 2));
    const sum = (i: number): number => scores.reduce((total, score) => total + score[i]!, 0);
    return { lossSum: sum(0), correct: sum(1) };
  };

  return {
    path: 'fused step',
    how: `the whole network in WebAssembly, ${kernel.build}, ${threadWords(threads)}`,
    train(positions) {
      const score = pass(positions, true);
      done += 1;
      const { beta1, beta2, epsilon } = training;
      kernel.floats(settings, 4).set([correctedRate(training, done), 1 - beta1, 1 - beta2, epsilon]);
      runTwo(adam[0]!, adam[1]!);
      return score;
    },
    evaluate(positions) {
      const probabilities = new Float32Array(positions.length * labels);
      let lossSum = 0;
      let correct = 0;
      for (let start = 0; start < positions.length; start += 2 * held) {
        const part = positions.subarray(start, start + 2 * held);
        const score = pass(part, false);
        lossSum += score.lossSum;
        correct += score.correct;
        const middle = Math.ceil(part.length / 2);
        [middle, part.length - middle].forEach((clips, i) =>
          probabilities.set(
            kernel.floats(groups[i]!.probabilities, clips * labels),
            (start + i * middle) * labels,
          ),
        );
      }
      return { lossSum, correct, probabilities };
    },
    weights: () => layout.gather(vector(vectors.weights)),
    save: () => ({
      weights: layout.gather(vector(vectors.weights)),
      firstMoments: layout.gather(vector(vectors.firstMoments)),
      secondMoments: layout.gather(vector(vectors.secondMoments)),
      steps: done,
    }),
    restore(state: TrainingState) {
      layout.scatter(state.weights, vector(vectors.weights));
      layout.scatter(state.firstMoments, vector(vectors.firstMoments));
      layout.scatter(state.secondMoments, vector(vectors.secondMoments));
      done = state.steps;
    },
    tensors: () => 0,
    dispose: () => kernel.dispose(),
  };
}

/** Features, time step by time step, and labels of a group's clips. */
export function putIn(
  kernel: Kernel,
  group: Group,
  clips: Int32Array,
  { features, shape, targets }: TrainingData,
): void {
  const [, steps, columns] = shape;
  const values = panelValues(kernel, group.input);
  const stride = group.input.stride / FLOAT;
  clips.forEach((position, clip) => {
    let from = position * steps * columns;
    for (let step = 0; step < steps; step++) {
      const row = ((step * clips.length + clip) * ROW) / FLOAT;
      for (let column = 0; column < columns; column++)
        values[(column >> 3) * stride + row + (column & 7)] = features[from++]!;
    }
  });
  kernel.integers(group.targets, clips.length).set(clips.map((position) => targets[position]!));
}

/** This batch's factors of every dropout layer: drawn for the whole batch, each group takes its clips'. */
function putFactors(
  kernel: Kernel,
  { groups, dropouts }: KernelNetwork,
  parts: readonly Int32Array[],
  seed: FoldSeed,
  step: number,
): void {
  dropouts.forEach(({ index, rate, rows, columns }, i) => {
    const clips = parts.reduce((total, part) => total + part.length, 0);
    const factors = dropoutFactors(seed, step, index, rate, clips * rows * columns.length);
    let from = 0;
    parts.forEach((part, g) => {
      const panels = groups[g]!.factors[i]!;
      const values = panelValues(kernel, panels);
      const stride = panels.stride / FLOAT;
      for (let clip = 0; clip < part.length; clip++)
        for (let row = 0; row < rows; row++) {
          const at = ((row * part.length + clip) * ROW) / FLOAT;
          for (const column of columns) values[(column >> 3) * stride + at + (column & 7)] = factors[from++]!;
        }
    });
  });
}

function panelValues(kernel: Kernel, { at, stride, panels }: Panels): Float32Array<ArrayBufferLike> {
  return kernel.floats(at, (panels * stride) / FLOAT);
}
