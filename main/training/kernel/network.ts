// A recipe's whole network in the kernel's memory: weights, gradients and moments, and two groups of clips at work.
import type { LayerSpec } from '../../../shared/recipe/recipe.ts';
import type { Kernel } from './kernel.ts';
import {
  allocatePanels,
  denseLayer,
  dropoutLayer,
  lstmLayer,
  type Extent,
  type KernelLayer,
  type LstmWeights,
  type Value,
  type Weight,
} from './layers.ts';
import { ROW, type Panels, type Tape } from './tape.ts';
import { panelsOf, plainPlaces, repeatedPlaces, WeightLayout, type Placement } from './weight-layout.ts';

export interface NetworkShape {
  readonly layers: readonly LayerSpec[];
  readonly steps: number;
  readonly columns: number;
  readonly labels: number;
}

/** The flat vectors, in the kernel's memory and padded as `WeightLayout` says. */
export interface NetworkVectors {
  readonly weights: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
  /** One of each group of clips; Adam takes their sum. */
  readonly gradients: readonly [number, number];
}

/** Where one group of clips is put in and read out. */
export interface Group {
  readonly input: Panels;
  /** Label index of every clip, int32. */
  readonly targets: number;
  /** Two float64: the summed loss, and how many are right. */
  readonly score: number;
  /** [clips, labels] float32. */
  readonly probabilities: number;
  /** Factors of every dropout layer, in their order. */
  readonly factors: readonly Panels[];
  readonly layers: readonly KernelLayer[];
}

/** A dropout layer: its place among the recipe's layers, and its input by clip. */
export interface DropoutPlace {
  readonly index: number;
  readonly rate: number;
  /** Rows a clip: one, or its steps. */
  readonly rows: number;
  readonly columns: Int32Array;
}

interface PlacedWeight extends Placement {
  readonly offset: number;
  readonly transposed: number;
}

/** What a layer is made of, before groups are. */
interface LayerPlan {
  readonly spec: LayerSpec;
  readonly weights: readonly PlacedWeight[];
  readonly outputPanels: number;
  /** Rows a clip. */
  readonly rows: number;
}

/** Lays a network out and writes its tapes. */
export class KernelNetwork {
  readonly layout = new WeightLayout();
  readonly vectors: NetworkVectors;
  readonly groups: readonly [Group, Group];
  readonly dropouts: DropoutPlace[] = [];
  readonly #kernel: Kernel;
  readonly #shape: NetworkShape;

  /**
   * @param mostClips most clips that a group is given at once
   * @throws RangeError where layers do not fit together or 4 GB do not hold them
   */
  constructor(kernel: Kernel, shape: NetworkShape, mostClips: number) {
    this.#kernel = kernel;
    this.#shape = shape;
    const plans = this.#plan();
    const bytes = this.layout.length * 4;
    const vector = (): number => kernel.allocate(bytes);
    const gradients: [number, number] = [vector(), vector()];
    this.vectors = { weights: vector(), firstMoments: vector(), secondMoments: vector(), gradients };
    const extent = { steps: shape.steps, clips: mostClips };
    this.groups = [this.#group(plans, extent, gradients[0]), this.#group(plans, extent, gradients[1])];
  }

  /**
   * Writes the work of one group on `clips` of its clips: forward and loss, and in training the gradient too.
   * @param batch clips of the whole batch
   */
  write(tape: Tape, group: Group, clips: number, batch: number, training: boolean): void {
    const { steps, labels } = this.#shape;
    const values: Value[] = [{ ...group.input, rows: steps * clips, gradient: null }];
    for (const layer of group.layers) {
      const input = values.at(-1)!;
      layer.forward(tape, input, clips, training);
      values.push(layer.output(input, clips, training));
    }
    const output = values.at(-1)!;
    tape.softmaxLoss(output, clips, labels, group.targets, batch, group.score, group.probabilities);
    if (!training) return;
    // The loss leaves its gradient in the place of the logits.
    tape.copy(output, output.gradient!, clips);
    for (let i = group.layers.length - 1; i >= 0; i--)
      group.layers[i]!.backward(tape, values[i]!, values[i + 1]!, clips);
  }

  /** Writes Adam on one half of the weights; see `Tape.adam`. */
  writeAdam(tape: Tape, half: 0 | 1, settings: number): void {
    const bytes = this.layout.length * 4;
    const middle = Math.floor(bytes / 2 / ROW) * ROW;
    const start = half * middle;
    const { weights, firstMoments, secondMoments, gradients } = this.vectors;
    tape.adam(
      weights + start,
      firstMoments + start,
      secondMoments + start,
      [gradients[0] + start, gradients[1] + start],
      half === 0 ? middle : bytes - middle,
      settings,
    );
  }

  #plan(): LayerPlan[] {
    const { layers, steps, columns, labels } = this.#shape;
    const softmax: LayerSpec = { type: 'dense', units: labels, activation: 'linear' };
    let places = plainPlaces(columns);
    let panels = panelsOf(columns);
    let rows = steps;
    const plans = [...layers, softmax].map((spec, index): LayerPlan => {
      const weights: PlacedWeight[] = [];
      if (spec.type === 'dropout') this.dropouts.push({ index, rate: spec.rate, rows, columns: places });
      else {
        if (spec.type === 'lstm' && rows === 1 && steps > 1)
          throw new RangeError('an LSTM layer needs sequences from the layer before it');
        const directions = spec.type === 'lstm' && spec.bidirectional ? 2 : 1;
        for (let i = 0; i < directions; i++) weights.push(...this.#weights(spec, places, panels));
        places = repeatedPlaces(spec.units, directions);
        panels = directions * panelsOf(spec.units);
        if (spec.type === 'lstm' && !spec.returnSequences) rows = 1;
      }
      return { spec, weights, outputPanels: panels, rows };
    });
    if (rows !== 1) throw new RangeError('the last LSTM layer before the softmax must not return sequences');
    return plans;
  }

  #weights(
    spec: Exclude<LayerSpec, { type: 'dropout' }>,
    inputs: Int32Array,
    inputPanels: number,
  ): PlacedWeight[] {
    const gates = spec.type === 'lstm' ? 4 : 1;
    const columns = repeatedPlaces(spec.units, gates);
    const columnPanels = gates * panelsOf(spec.units);
    const add = (rows: Int32Array, rowPanels: number): PlacedWeight => {
      const placement = { rows, rowPanels, columns, columnPanels };
      const bytes = rowPanels * 8 * columnPanels * ROW;
      return { ...placement, offset: this.layout.add(placement), transposed: this.#kernel.allocate(bytes) };
    };
    const weights = [add(inputs, inputPanels)];
    if (spec.type === 'lstm') weights.push(add(plainPlaces(spec.units), panelsOf(spec.units)));
    const offset = this.layout.addBias(columns, columnPanels);
    weights.push({ rows: plainPlaces(1), rowPanels: 0, columns, columnPanels, offset, transposed: 0 });
    return weights;
  }

  #group(plans: readonly LayerPlan[], extent: Extent, gradient: number): Group {
    const kernel = this.#kernel;
    const { steps, columns, labels } = this.#shape;
    const factors: Panels[] = [];
    const layers = plans.map(({ spec, weights, outputPanels, rows }): KernelLayer => {
      const placed = weights.map((weight): Weight => ({
        ...weight,
        at: this.vectors.weights + weight.offset,
        gradient: gradient + weight.offset,
      }));
      if (spec.type === 'lstm') {
        const directions: LstmWeights[] = [];
        for (let i = 0; i < placed.length; i += 3)
          directions.push({ kernel: placed[i]!, recurrent: placed[i + 1]!, bias: placed[i + 2]! });
        return lstmLayer(kernel, spec, directions, extent);
      }
      if (spec.type === 'dense')
        return denseLayer(kernel, placed[0]!, placed[1]!, spec.activation, rows * extent.clips);
      const dropout = dropoutLayer(kernel, outputPanels, rows * extent.clips);
      factors.push(dropout.factors);
      return dropout;
    });
    return {
      input: allocatePanels(kernel, panelsOf(columns), steps * extent.clips),
      targets: kernel.allocate(extent.clips * 4),
      score: kernel.allocate(16),
      probabilities: kernel.allocate(extent.clips * labels * 4),
      factors,
      layers,
    };
  }
}
