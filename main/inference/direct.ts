// A small recurrent network answered directly: for one clip at a time the calls of a tensor library cost more than its sums.
import type { ModelArtifacts } from '../training/artifacts.ts';

/** From features [frames, coefficients] to probabilities. Its result is overwritten by the next answer. */
export type DirectNetwork = (features: Float32Array, frames: number) => Float32Array;

interface LayerConfig {
  readonly class_name: string;
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
  readonly config: {
    readonly name: string;
    readonly units: number;
    readonly activation: string;
    readonly recurrent_activation?: string;
    readonly return_sequences?: boolean;
    readonly go_backwards?: boolean;
    readonly stateful?: boolean;
    readonly use_bias?: boolean;
  };
}

/** [steps, inputs] in, [steps, units] out. */
type Layer = (input: Float32Array, steps: number) => { values: Float32Array; steps: number };
/** Takes the next weight tensor of the model's list. */
type Take = () => Float32Array;

type Elementwise = (values: Float32Array) => void;
const ACTIVATIONS: ReadonlyMap<string, Elementwise> = new Map<string, Elementwise>([
  ['linear', () => undefined],
  ['relu', (values) => values.forEach((value, i) => (values[i] = Math.max(0, value)))],
  ['tanh', (values) => values.forEach((value, i) => (values[i] = Math.tanh(value)))],
  ['softmax', softmax],
]);

/**
 * The network of a tfjs layers model, computed in float32 as tfjs does; within 1e-6 of it.
 * @param values all weights as one vector, in the order of `artifacts.weights`
 * @returns null for a network that is no plain chain of LSTM and dense layers
 */
export function directNetwork(artifacts: ModelArtifacts, values: Float32Array): DirectNetwork | null {
  const layers = chainOf(artifacts.topology);
  if (!layers) return null;
  const tensors = artifacts.weights.map(({ shape }) => shape.reduce((size, n) => size * n, 1));
  let at = 0;
  const take: Take = () => values.subarray(at, (at += tensors.shift() ?? 0));
  const steps = layers.map((layer) => createLayer(layer, take));
  return (features, frames) => {
    let now = { values: features, steps: frames };
    for (const layer of steps) now = layer(now.values, now.steps);
    return now.values;
  };
}

/** The layers after the input, where each hears only the one before and all of them are known. */
function chainOf(topology: object): LayerConfig[] | null {
  const layers = (topology as { config?: { layers?: LayerConfig[] } }).config?.layers;
  const [input, ...rest] = layers ?? [];
  if (input?.class_name !== 'InputLayer') return null;
  let before = input.config.name;
  let sequence = true;
  for (const layer of rest) {
    const from = layer.inbound_nodes.flat(1);
    const fits = (layer.class_name === 'LSTM') === sequence;
    if (from.length !== 1 || from[0]![0] !== before || !fits || !isKnown(layer)) return null;
    before = layer.config.name;
    sequence &&= layer.config.return_sequences === true;
  }
  return sequence ? null : rest;
}

function isKnown({ class_name: name, config }: LayerConfig): boolean {
  if (config.use_bias === false) return false;
  if (name === 'Dense') return ACTIVATIONS.has(config.activation);
  const plain = config.go_backwards !== true && config.stateful !== true;
  return (
    name === 'LSTM' && plain && config.activation === 'tanh' && config.recurrent_activation === 'sigmoid'
  );
}

function createLayer({ class_name: name, config }: LayerConfig, take: Take): Layer {
  return name === 'LSTM' ? createLstm(config, take) : createDense(config, take);
}

function createDense({ units, activation }: LayerConfig['config'], take: Take): Layer {
  const [kernel, bias] = [take(), take()];
  const activate = ACTIVATIONS.get(activation)!;
  const output = new Float32Array(units);
  return (input) => {
    output.set(bias);
    addProduct(input, 0, kernel, output);
    activate(output);
    return { values: output, steps: 1 };
  };
}

/** Hochreiter & Schmidhuber 1997 with forget gates; gates in Keras's order: input, forget, cell, output. */
function createLstm({ units, return_sequences: sequences }: LayerConfig['config'], take: Take): Layer {
  const [kernel, recurrent, bias] = [take(), take(), take()];
  const inputs = kernel.length / (4 * units);
  const gates = new Float32Array(4 * units);
  const hidden = new Float32Array(units);
  const cell = new Float32Array(units);
  return (input, steps) => {
    const all = new Float32Array(sequences ? steps * units : 0);
    hidden.fill(0);
    cell.fill(0);
    for (let step = 0; step < steps; step++) {
      gates.set(bias);
      addProduct(input, step * inputs, kernel, gates, inputs);
      addProduct(hidden, 0, recurrent, gates);
      for (let unit = 0; unit < units; unit++) {
        const kept = sigmoid(gates[units + unit]!) * cell[unit]!;
        cell[unit] = kept + sigmoid(gates[unit]!) * Math.tanh(gates[2 * units + unit]!);
        hidden[unit] = sigmoid(gates[3 * units + unit]!) * Math.tanh(cell[unit]!);
      }
      if (sequences) all.set(hidden, step * units);
    }
    return sequences ? { values: all, steps } : { values: hidden, steps: 1 };
  };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** output += vector x matrix; four rows of the matrix at a time. The vector is `count` values from `at` on. */
function addProduct(
  vector: Float32Array,
  at: number,
  matrix: Float32Array,
  output: Float32Array,
  count = vector.length,
): void {
  const width = output.length;
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    const [a, b] = [vector[at + row]!, vector[at + row + 1]!];
    const [c, d] = [vector[at + row + 2]!, vector[at + row + 3]!];
    const first = row * width;
    const [second, third, fourth] = [first + width, first + 2 * width, first + 3 * width];
    for (let j = 0; j < width; j++) {
      output[j] =
        output[j]! +
        a * matrix[first + j]! +
        b * matrix[second + j]! +
        c * matrix[third + j]! +
        d * matrix[fourth + j]!;
    }
  }
  for (; row < count; row++) {
    const a = vector[at + row]!;
    for (let j = 0; j < width; j++) output[j] = output[j]! + a * matrix[row * width + j]!;
  }
}

function softmax(values: Float32Array): void {
  const most = Math.max(...values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i]! - most);
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / sum;
}
