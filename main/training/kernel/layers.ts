// The layers of a network as the kernel runs them: buffers of one group of clips, and their part of its tapes.
import type { LayerSpec } from '../../../shared/recipe/recipe.ts';
import type { Kernel } from './kernel.ts';
import { ROW, type Activation, type LstmBuffers, type Panels, type Tape } from './tape.ts';
import { panelsOf } from './weight-layout.ts';

/** What a layer hands on: rows of one vector a clip, or of one a step and clip; and where its gradient goes. */
export interface Value extends Panels {
  readonly rows: number;
  /** Null where nobody asks for it: the network's input. */
  readonly gradient: Panels | null;
  /** Address of 1 and 0 by step and clip; a masked step leaves an LSTM's state as it was. */
  readonly mask?: number;
}

/** A weight and its gradient, as addresses; the transpose is kept for the gradient of the layer's input. */
export interface Weight {
  readonly at: number;
  readonly gradient: number;
  readonly transposed: number;
  readonly rowPanels: number;
  readonly columnPanels: number;
}

/** A layer in one group's tapes. `backward` reads what `forward` left. */
export interface KernelLayer {
  forward(tape: Tape, input: Value, clips: number, training: boolean): void;
  /** Where `forward` puts its output. */
  output(input: Value, clips: number, training: boolean): Value;
  /** Adds the gradients of its weights and, where the input has one, of its input. */
  backward(tape: Tape, input: Value, output: Value, clips: number): void;
}

/** Most that a group's buffers must hold. */
export interface Extent {
  readonly steps: number;
  readonly clips: number;
}

/** Panels of zeros. Their distance is an odd number of cache lines, so that they do not push each other out. */
export function allocatePanels(kernel: Kernel, panels: number, rows: number): Panels {
  const lines = Math.ceil((rows * ROW) / 64);
  const stride = (lines + 1 - (lines % 2)) * 64;
  return { at: kernel.allocate(panels * stride), stride, panels };
}

const from = (value: Panels, rows: number): Panels => ({ ...value, at: value.at + rows * ROW });
const part = (value: Panels, first: number, panels: number): Panels => ({
  at: value.at + first * value.stride,
  stride: value.stride,
  panels,
});

/** A dense layer over every row of its input. */
export function denseLayer(
  kernel: Kernel,
  weight: Weight,
  bias: Weight,
  activation: Activation,
  rows: number,
): KernelLayer {
  const output = allocatePanels(kernel, weight.columnPanels, rows);
  const gradient = allocatePanels(kernel, weight.columnPanels, rows);
  return {
    forward(tape, input) {
      tape.product(input, weight.at, output, input.rows, bias.at);
      tape.activate(activation, output, input.rows);
    },
    output: (input) => ({ ...output, rows: input.rows, gradient }),
    backward(tape, input, { rows }) {
      tape.activateBackward(activation, output, gradient, rows);
      denseGradients(tape, input, gradient, rows, weight, bias);
    },
  };
}

/** Gradients of a product with a weight and of its input. */
export function denseGradients(
  tape: Tape,
  input: Value,
  gradient: Panels,
  rows: number,
  weight: Weight,
  bias: Weight,
): void {
  tape.transposedProduct(input, gradient, rows, weight.gradient);
  tape.columnSums(gradient, rows, bias.gradient);
  if (input.gradient) {
    tape.transpose(weight.at, weight.rowPanels, weight.columnPanels, weight.transposed);
    tape.clear(input.gradient, rows);
    tape.product(gradient, weight.transposed, input.gradient, rows, null);
  }
}

/** Drops values by factors that the caller writes before every batch: zeros, and the rest made up for them. */
export function dropoutLayer(
  kernel: Kernel,
  panels: number,
  rows: number,
): KernelLayer & { factors: Panels } {
  const factors = allocatePanels(kernel, panels, rows);
  const output = allocatePanels(kernel, panels, rows);
  const gradient = allocatePanels(kernel, panels, rows);
  return {
    factors,
    forward(tape, input, _clips, training) {
      if (training) tape.multiply(input, factors, output, input.rows);
    },
    output: (input, _clips, training) => (training ? { ...output, rows: input.rows, gradient } : input),
    backward(tape, input, { rows }) {
      if (input.gradient) tape.multiply(gradient, factors, input.gradient, rows);
    },
  };
}

/** The three weights of an LSTM's direction. */
export interface LstmWeights {
  readonly kernel: Weight;
  readonly recurrent: Weight;
  readonly bias: Weight;
}

/** An LSTM layer of one direction or two, the second from the last step to the first; their outputs side by side. */
export function lstmLayer(
  kernel: Kernel,
  spec: Extract<LayerSpec, { type: 'lstm' }>,
  directions: readonly LstmWeights[],
  { steps, clips: mostClips }: Extent,
): KernelLayer {
  const units = panelsOf(spec.units);
  const width = units * directions.length;
  const rows = steps * mostClips;
  const stateRows = (steps + 2) * mostClips;
  const states = allocatePanels(kernel, width, stateRows);
  const cells = allocatePanels(kernel, width, stateRows);
  const cellTanhs = allocatePanels(kernel, width, stateRows);
  const gates = directions.map(() => allocatePanels(kernel, 4 * units, rows));
  const gradient = allocatePanels(kernel, width, rows);
  const work = kernel.allocate(2 * units * mostClips * ROW);
  const last = allocatePanels(kernel, width, mostClips);
  const lastGradient = allocatePanels(kernel, width, mostClips);
  const buffers = (clips: number, mask = 0): LstmBuffers[] =>
    directions.map((_, i) => ({
      gates: gates[i]!,
      states: part(states, i * units, units),
      cells: part(cells, i * units, units),
      cellTanhs: part(cellTanhs, i * units, units),
      steps,
      clips,
      mask,
      backwards: i === 1,
    }));
  /** Block of states before the first step that a direction runs, and step it ends with. */
  const first = (backwards: boolean): number => (backwards ? steps + 1 : 0);
  const end = (backwards: boolean): number => (backwards ? 0 : steps - 1);
  return {
    forward(tape, input, clips) {
      buffers(clips, input.mask).forEach((lstm, i) => {
        const { kernel: weight, recurrent, bias } = directions[i]!;
        tape.product(input, weight.at, lstm.gates, input.rows, bias.at);
        // Groups of another size have written there.
        tape.clear(from(lstm.states, first(lstm.backwards) * clips), clips);
        tape.clear(from(lstm.cells, first(lstm.backwards) * clips), clips);
        tape.lstmForward(lstm, recurrent.at);
        if (!spec.returnSequences)
          tape.copy(
            from(lstm.states, (end(lstm.backwards) + 1) * clips),
            part(last, i * units, units),
            clips,
          );
      });
    },
    output: (_input, clips) =>
      spec.returnSequences
        ? { ...from(states, clips), rows: steps * clips, gradient }
        : { ...last, rows: clips, gradient: lastGradient },
    backward(tape, input, _output, clips) {
      if (!spec.returnSequences) tape.clear(gradient, steps * clips);
      if (input.gradient) tape.clear(input.gradient, input.rows);
      buffers(clips, input.mask).forEach((lstm, i) => {
        const { kernel: weight, recurrent, bias } = directions[i]!;
        const mine = part(gradient, i * units, units);
        if (!spec.returnSequences)
          tape.copy(part(lastGradient, i * units, units), from(mine, end(lstm.backwards) * clips), clips);
        tape.transpose(recurrent.at, recurrent.rowPanels, recurrent.columnPanels, recurrent.transposed);
        // The strides of states' gradients and of gates are one: both hold a row a step and clip.
        tape.lstmBackward(lstm, recurrent.transposed, mine.at, work);
        const before = from(lstm.states, lstm.backwards ? 2 * clips : 0);
        tape.transposedProduct(before, lstm.gates, steps * clips, recurrent.gradient);
        tape.transposedProduct(input, lstm.gates, steps * clips, weight.gradient);
        tape.columnSums(lstm.gates, steps * clips, bias.gradient);
        if (input.gradient) {
          tape.transpose(weight.at, weight.rowPanels, weight.columnPanels, weight.transposed);
          tape.product(lstm.gates, weight.transposed, input.gradient, steps * clips, null);
        }
      });
    },
  };
}
