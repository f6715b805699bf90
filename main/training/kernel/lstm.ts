// One LSTM layer in the kernel, for those who keep the rest of their network elsewhere.
import type { Kernel } from './kernel.ts';
import { allocatePanels, lstmLayer, type KernelLayer, type Value, type Weight } from './layers.ts';
import { ROW, TapeSpace, type Panels } from './tape.ts';
import { panelsOf, plainPlaces, repeatedPlaces, WeightLayout } from './weight-layout.ts';

export interface LstmShape {
  readonly inputs: number;
  readonly units: number;
  readonly steps: number;
  readonly returnSequences: boolean;
}

/** Row-major arrays: input [clips, steps, inputs]; weights as tfjs has them; mask [clips, steps], or null. */
export interface LstmInputs {
  readonly clips: number;
  readonly input: Float32Array;
  readonly kernel: Float32Array;
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
  readonly mask: ArrayLike<number> | null;
}

export interface LstmGradients {
  readonly input: Float32Array;
  readonly kernel: Float32Array;
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
}

/** One half of the clips. */
interface Half {
  readonly input: Panels;
  readonly inputGradient: Panels;
  readonly mask: number;
  readonly layer: KernelLayer;
}

const FLOAT = 4;

/** An LSTM of one shape and at most so many clips, on two threads or on one; it may be used again and again. */
export class KernelLstm {
  readonly #kernel: Kernel;
  readonly #shape: LstmShape;
  readonly #threads: number;
  readonly #layout = new WeightLayout();
  readonly #weights: number;
  readonly #gradients: readonly number[];
  readonly #halves: readonly Half[];
  readonly #tapes: TapeSpace;
  /** Inputs that the buffers hold the states of. */
  #held: LstmInputs | null = null;

  /** @throws RangeError where 4 GB do not hold it */
  constructor(kernel: Kernel, shape: LstmShape, mostClips: number, threads: number) {
    this.#kernel = kernel;
    this.#shape = shape;
    this.#threads = threads;
    this.#tapes = new TapeSpace(kernel);
    const { inputs, units, steps } = shape;
    const layout = this.#layout;
    const columns = repeatedPlaces(units, 4);
    const columnPanels = 4 * panelsOf(units);
    const add = (width: number): Omit<Weight, 'at' | 'gradient'> & { offset: number } => {
      const rowPanels = panelsOf(width);
      const offset = layout.add({ rows: plainPlaces(width), rowPanels, columns, columnPanels });
      const transposed = kernel.allocate(rowPanels * 8 * columnPanels * ROW);
      return { offset, transposed, rowPanels, columnPanels };
    };
    const tensors = [add(inputs), add(units)];
    const offset = layout.addBias(columns, columnPanels);
    tensors.push({ offset, transposed: 0, rowPanels: 0, columnPanels });
    this.#weights = kernel.allocate(layout.length * FLOAT);
    this.#gradients = [0, 1].map(() => kernel.allocate(layout.length * FLOAT));
    const extent = { steps, clips: Math.ceil(mostClips / 2) };
    this.#halves = this.#gradients.map((gradient): Half => {
      const [weight, recurrent, bias] = tensors.map((tensor): Weight => ({
        ...tensor,
        at: this.#weights + tensor.offset,
        gradient: gradient + tensor.offset,
      }));
      const direction = { kernel: weight!, recurrent: recurrent!, bias: bias! };
      return {
        input: allocatePanels(kernel, panelsOf(inputs), steps * extent.clips),
        inputGradient: allocatePanels(kernel, panelsOf(inputs), steps * extent.clips),
        mask: kernel.allocate(steps * extent.clips * FLOAT),
        layer: lstmLayer(kernel, { type: 'lstm', ...shape }, [direction], extent),
      };
    });
  }

  /** h of every step, [clips, steps, units], or of the last one, [clips, units]. */
  forward(inputs: LstmInputs): Float32Array {
    const { steps, units, returnSequences } = this.#shape;
    this.#held = inputs;
    this.#layout.scatter(joined(inputs), this.#kernel.floats(this.#weights, this.#layout.length));
    const rows = returnSequences ? steps : 1;
    const output = new Float32Array(inputs.clips * rows * units);
    this.#run(inputs, 'forward', (half, first, clips) => {
      this.#putIn(half, inputs, first, clips);
      return () => {
        const value = this.#output(half, inputs, clips);
        this.#copy(value, rows, clips, units, output.subarray(first * rows * units), 'out');
      };
    });
    return output;
  }

  /** Gradients of a loss whose gradient of the output is given, in the output's shape. */
  backward(inputs: LstmInputs, outputGradient: Float32Array): LstmGradients {
    // Another batch may have been through in between.
    if (this.#held !== inputs) this.forward(inputs);
    const { steps, units, inputs: width, returnSequences } = this.#shape;
    const rows = returnSequences ? steps : 1;
    const input = new Float32Array(inputs.clips * steps * width);
    const [first, second] = this.#gradients.map((at) => this.#kernel.floats(at, this.#layout.length));
    second!.fill(0);
    this.#run(inputs, 'backward', (half, from, clips) => {
      const { gradient } = this.#output(half, inputs, clips);
      this.#copy(gradient!, rows, clips, units, outputGradient.subarray(from * rows * units), 'in');
      return () =>
        this.#copy(half.inputGradient, steps, clips, width, input.subarray(from * steps * width), 'out');
    });
    // The gates hold gradients now.
    this.#held = null;
    for (let i = 0; i < first!.length; i++) first![i]! += second![i]!;
    const flat = this.#layout.gather(first!);
    const kernel = flat.subarray(0, inputs.kernel.length);
    const recurrent = flat.subarray(kernel.length, kernel.length + inputs.recurrent.length);
    return { input, kernel, recurrent, bias: flat.subarray(kernel.length + recurrent.length) };
  }

  /** Runs both halves; `prepare` puts in what one needs, and its answer takes out what came of it. */
  #run(
    inputs: LstmInputs,
    pass: 'forward' | 'backward',
    prepare: (half: Half, first: number, clips: number) => () => void,
  ): void {
    const middle = Math.ceil(inputs.clips / 2);
    const jobs = this.#halves.flatMap((half, i) => {
      const clips = i === 0 ? middle : inputs.clips - middle;
      if (clips === 0) return [];
      const takeOut = prepare(half, i * middle, clips);
      const key = `${i} ${clips} ${pass} ${inputs.mask !== null}`;
      return [
        { takeOut, tape: this.#tapes.get(key, (tape) => this.#write(tape, half, inputs, clips, pass)) },
      ];
    });
    const [first, second] = jobs;
    if (second && this.#threads > 1) this.#kernel.runBoth(first!.tape, second.tape);
    else for (const { tape } of jobs) this.#kernel.run(tape);
    for (const { takeOut } of jobs) takeOut();
  }

  #write(
    tape: Parameters<KernelLayer['forward']>[0],
    half: Half,
    inputs: LstmInputs,
    clips: number,
    pass: 'forward' | 'backward',
  ): void {
    const value = this.#input(half, inputs, clips);
    if (pass === 'forward') half.layer.forward(tape, value, clips, true);
    else half.layer.backward(tape, value, this.#output(half, inputs, clips), clips);
  }

  #input(half: Half, { mask }: LstmInputs, clips: number): Value {
    const rows = this.#shape.steps * clips;
    return { ...half.input, rows, gradient: half.inputGradient, mask: mask === null ? 0 : half.mask };
  }

  #output(half: Half, inputs: LstmInputs, clips: number): Value {
    return half.layer.output(this.#input(half, inputs, clips), clips, true);
  }

  #putIn(half: Half, { input, mask }: LstmInputs, first: number, clips: number): void {
    const { steps, inputs } = this.#shape;
    this.#copy(half.input, steps, clips, inputs, input.subarray(first * steps * inputs), 'in');
    if (mask === null) return;
    const values = this.#kernel.floats(half.mask, steps * clips);
    for (let clip = 0; clip < clips; clip++)
      for (let step = 0; step < steps; step++)
        values[step * clips + clip] = Number(mask[(first + clip) * steps + step] !== 0);
  }

  /** Between [clips, rows, width] and panels of rows * clips. */
  #copy(
    { at, stride, panels }: Panels,
    rows: number,
    clips: number,
    width: number,
    flat: Float32Array,
    way: 'in' | 'out',
  ): void {
    // A stride's worth may reach beyond the last panel where a value begins behind its buffer's first row.
    const values = this.#kernel.floats(at, ((panels - 1) * stride + rows * clips * ROW) / FLOAT);
    const step = stride / FLOAT;
    let i = 0;
    for (let clip = 0; clip < clips; clip++)
      for (let row = 0; row < rows; row++) {
        const start = ((row * clips + clip) * ROW) / FLOAT;
        for (let column = 0; column < width; column++) {
          const place = start + (column >> 3) * step + (column & 7);
          if (way === 'in') values[place] = flat[i++]!;
          else flat[i++] = values[place]!;
        }
      }
  }
}

function joined({ kernel, recurrent, bias }: LstmInputs): Float32Array {
  const flat = new Float32Array(kernel.length + recurrent.length + bias.length);
  flat.set(kernel);
  flat.set(recurrent, kernel.length);
  flat.set(bias, kernel.length + recurrent.length);
  return flat;
}
