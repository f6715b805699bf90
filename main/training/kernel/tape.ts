// Tapes: lists of the kernel's operations on addresses, as assembly/network.ts reads them.
import type { Kernel } from './kernel.ts';

/** Bytes of one row of a panel of eight columns. */
export const ROW = 32;

/** A matrix in panels of eight columns: where it begins, bytes from panel to panel, and how many there are. */
export interface Panels {
  readonly at: number;
  readonly stride: number;
  readonly panels: number;
}

/** One direction of an LSTM at work; layouts as in assembly/lstm.ts. */
export interface LstmBuffers {
  readonly gates: Panels;
  readonly states: Panels;
  readonly cells: Panels;
  readonly cellTanhs: Panels;
  readonly steps: number;
  readonly clips: number;
  /** Address of 1 and 0 by step and clip; 0: none. */
  readonly mask: number;
  readonly backwards: boolean;
}

export type Activation = 'relu' | 'tanh' | 'linear';

const RECORD_WORDS = 16;
/** Operations by the numbers that assembly/network.ts knows them by. */
const OPERATION = {
  end: 0,
  product: 1,
  transposedProduct: 2,
  lstmForward: 3,
  lstmBackward: 4,
  columnSums: 5,
  transpose: 6,
  activate: 7,
  activateBackward: 8,
  softmaxLoss: 9,
  multiply: 10,
  copy: 11,
  clear: 12,
  adam: 13,
} as const;
const ACTIVATION_KIND = { relu: 1, tanh: 2 } as const;

export class Tape {
  readonly #words: number[] = [];

  #add(operation: keyof typeof OPERATION, ...args: number[]): void {
    const blank = Array<number>(RECORD_WORDS - 1 - args.length).fill(0);
    this.#words.push(OPERATION[operation], ...args, ...blank);
  }

  /** c = bias + a b, or c += a b where there is no bias. `b` is the address of a weight without gaps. */
  product(a: Panels, b: number, c: Panels, rows: number, bias: number | null): void {
    const [start, startRow, startPanel] = bias === null ? [c.at, ROW, c.stride] : [bias, 0, ROW];
    this.#add(
      'product',
      a.at,
      a.stride,
      a.panels,
      b,
      c.at,
      c.stride,
      rows,
      c.panels,
      start,
      startRow,
      startPanel,
    );
  }

  /** The weight at `to` = a' b, over `rows` rows. */
  transposedProduct(a: Panels, b: Panels, rows: number, to: number): void {
    this.#add('transposedProduct', a.at, a.stride, a.panels, b.at, b.stride, b.panels, rows, to);
  }

  lstmForward(lstm: LstmBuffers, recurrent: number): void {
    const { gates, states, cells, cellTanhs } = lstm;
    this.#add(
      'lstmForward',
      gates.at,
      gates.stride,
      recurrent,
      states.panels,
      states.at,
      cells.at,
      cellTanhs.at,
      states.stride,
      lstm.steps,
      lstm.clips,
      lstm.mask,
      Number(lstm.backwards),
    );
  }

  /** `stateGradients` has the gates' stride; `work` holds two blocks of states. */
  lstmBackward(lstm: LstmBuffers, recurrentTransposed: number, stateGradients: number, work: number): void {
    const { gates, states, cells, cellTanhs } = lstm;
    this.#add(
      'lstmBackward',
      gates.at,
      gates.stride,
      recurrentTransposed,
      states.panels,
      stateGradients,
      cells.at,
      cellTanhs.at,
      states.stride,
      lstm.steps,
      lstm.clips,
      lstm.mask,
      Number(lstm.backwards),
      work,
      work + states.panels * lstm.clips * ROW,
    );
  }

  /** The bias's gradient at `to`: sums over the rows of its layer's. */
  columnSums(of: Panels, rows: number, to: number): void {
    this.#add('columnSums', of.at, of.stride, rows, of.panels, to);
  }

  /** The transpose, at `to`, of the weight at `from`. */
  transpose(from: number, rowPanels: number, columnPanels: number, to: number): void {
    this.#add('transpose', from, rowPanels, columnPanels, to);
  }

  activate(kind: Activation, at: Panels, rows: number): void {
    if (kind !== 'linear') this.#add('activate', ACTIVATION_KIND[kind], at.at, at.stride, rows, at.panels);
  }

  /** The gradient, of the output's stride, times the slope at that output. */
  activateBackward(kind: Activation, output: Panels, gradient: Panels, rows: number): void {
    if (kind !== 'linear')
      this.#add(
        'activateBackward',
        ACTIVATION_KIND[kind],
        output.at,
        gradient.at,
        output.stride,
        rows,
        output.panels,
      );
  }

  /**
   * Softmax and loss of the logits, which become the gradient.
   * @param batch clips of the whole batch, over which the loss is the mean
   */
  softmaxLoss(
    logits: Panels,
    rows: number,
    labels: number,
    targets: number,
    batch: number,
    score: number,
    probabilities: number,
  ): void {
    this.#add('softmaxLoss', logits.at, logits.stride, rows, labels, targets, batch, score, probabilities);
  }

  /** to = from * factors, element by element. */
  multiply(from: Panels, factors: Panels, to: Panels, rows: number): void {
    this.#add(
      'multiply',
      from.at,
      from.stride,
      factors.at,
      factors.stride,
      to.at,
      to.stride,
      rows,
      from.panels,
    );
  }

  copy(from: Panels, to: Panels, rows: number): void {
    this.#add('copy', from.at, from.stride, to.at, to.stride, rows, from.panels);
  }

  clear(at: Panels, rows: number): void {
    this.#add('clear', at.at, at.stride, rows * ROW, at.panels);
  }

  /** Adam over `bytes` of flat vectors; `settings`: rate, 1 - beta1, 1 - beta2, epsilon. */
  adam(
    weights: number,
    first: number,
    second: number,
    gradients: readonly [number, number],
    bytes: number,
    settings: number,
  ): void {
    this.#add('adam', weights, first, second, ...gradients, bytes, settings);
  }

  /** Bytes it takes. */
  get bytes(): number {
    return (this.#words.length + RECORD_WORDS) * 4;
  }

  /** Writes it, with its end, to an address. */
  write(kernel: Kernel, address: number): void {
    kernel.integers(address, this.bytes / 4).set([...this.#words, ...Array<number>(RECORD_WORDS).fill(0)]);
  }
}

/** Tapes in the kernel's memory: a batch of a size seen before finds its own again. */
export class TapeSpace {
  readonly #kernel: Kernel;
  readonly #addresses = new Map<string, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** @returns the address of a tape that `write` fills */
  keep(write: (tape: Tape) => void): number {
    const tape = new Tape();
    write(tape);
    const address = this.#kernel.allocate(tape.bytes);
    tape.write(this.#kernel, address);
    return address;
  }

  get(key: string, write: (tape: Tape) => void): number {
    const address = this.#addresses.get(key) ?? this.keep(write);
    this.#addresses.set(key, address);
    return address;
  }
}
