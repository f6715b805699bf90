// The fused LSTM layer: tfjs's own LSTM by name, config, weights and JSON; its work is one operation, done by the kernel.
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { Kernel } from './kernel.ts';
import { KernelLstm, type LstmInputs, type LstmShape } from './lstm.ts';

type Layer = layers.layers.Layer;
type LstmArgs = Parameters<typeof layers.layers.lstm>[0];
type Kwargs = { readonly mask?: tf.Tensor | null; readonly initialState?: unknown } | null;

/** What tfjs's LSTM says of itself; its class is not among tfjs's exports. */
interface LstmConfig {
  readonly units: number;
  readonly activation: string;
  readonly recurrentActivation: string;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly stateful: boolean;
}
type LstmClass = new (args: LstmArgs) => Layer;

const StockLstm = layers.layers.lstm({ units: 1 }).constructor as LstmClass;

/** Threads of every fused layer in this process, and the kernel they share. */
let threads = 1;
let shared: Kernel | null = null;

/**
 * Makes every LSTM layer that is built or loaded from here on in this process a fused one.
 * @param threadsToUse 1 or 2; results are the same to the last bit
 */
export function useFusedLstm(threadsToUse: number): void {
  threads = threadsToUse;
  tf.serialization.registerClass(FusedLstm as unknown as tf.serialization.SerializableConstructor<never>);
}

/** Gives LSTM layers their stock way back. */
export function useStockLstm(): void {
  tf.serialization.registerClass(StockLstm as unknown as tf.serialization.SerializableConstructor<never>);
}

/** An LSTM layer as the process has been told to make them. */
export function createLstm(args: LstmArgs): Layer {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const [create] = classNameMap['LSTM'] as unknown as [LstmClass];
  return new create(args);
}

/** Why a layer cannot be computed by the kernel, in words; null where it can. */
export function kernelRefusal(config: LstmConfig): string | null {
  if (config.activation !== 'tanh' || config.recurrentActivation !== 'sigmoid')
    return `its activations are ${config.activation} and ${config.recurrentActivation}`;
  if (!config.useBias) return 'it has no bias';
  if (config.dropout > 0 || config.recurrentDropout > 0) return 'it drops out inside its steps';
  if (config.stateful || config.returnState) return 'it hands its state on';
  return null;
}

class FusedLstm extends StockLstm {
  static readonly className = 'LSTM';
  #lstm: { readonly lstm: KernelLstm; readonly steps: number; readonly mostClips: number } | null = null;

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor | tf.Tensor[] {
    const config = this.getConfig() as unknown as LstmConfig;
    const stock = kernelRefusal(config) !== null || (kwargs?.initialState ?? null) !== null;
    const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor3D;
    if (stock || (Array.isArray(inputs) && inputs.length > 1)) return super.call(inputs, kwargs ?? {});
    return tf.tidy(() => {
      const mask = kwargs?.mask ?? null;
      // In the order that its steps are run: tfjs gives them back in that order too.
      const turned = config.goBackwards ? tf.reverse(input, 1) : input;
      // As numbers: tfjs's WebAssembly backend writes beyond a reversed tensor of booleans.
      const turnedMask = mask && config.goBackwards ? tf.reverse(tf.cast(mask, 'float32'), 1) : mask;
      const weights = this.trainableWeights.length === 3 ? this.trainableWeights : this.weights;
      const [kernel, recurrent, bias] = weights.map((weight) => weight.read());
      return this.#fused(config, turned, kernel!, recurrent!, bias!, turnedMask);
    });
  }

  #fused(
    { units, returnSequences }: LstmConfig,
    input: tf.Tensor3D,
    kernel: tf.Tensor,
    recurrent: tf.Tensor,
    bias: tf.Tensor,
    mask: tf.Tensor | null,
  ): tf.Tensor {
    const [clips, steps, width] = input.shape;
    const shape = { inputs: width, units, steps, returnSequences };
    const operation = tf.customGrad((...args) => {
      const [x, w, u, b] = args as tf.Tensor[];
      const values: LstmInputs = {
        clips,
        input: x!.dataSync() as Float32Array,
        kernel: w!.dataSync() as Float32Array,
        recurrent: u!.dataSync() as Float32Array,
        bias: b!.dataSync() as Float32Array,
        mask: mask ? mask.dataSync() : null,
      };
      const output = this.#lstmOf(shape, clips).forward(values);
      const gradFunc = (dy: tf.Tensor): tf.Tensor[] => {
        const gradients = this.#lstmOf(shape, clips).backward(values, dy.dataSync() as Float32Array);
        return [
          tf.tensor(gradients.input, input.shape),
          tf.tensor(gradients.kernel.slice(), kernel.shape),
          tf.tensor(gradients.recurrent.slice(), recurrent.shape),
          tf.tensor(gradients.bias.slice(), bias.shape),
        ];
      };
      const value = tf.tensor(output, returnSequences ? [clips, steps, units] : [clips, units]);
      return { value, gradFunc };
    });
    return operation(input, kernel, recurrent, bias);
  }

  /** Buffers grow with the clips given at once, and are made anew for clips of another length. */
  #lstmOf(shape: LstmShape, clips: number): KernelLstm {
    const held = this.#lstm;
    if (held && held.steps === shape.steps && held.mostClips >= clips) return held.lstm;
    shared ??= new Kernel();
    const mostClips = 2 ** Math.ceil(Math.log2(clips));
    const lstm = new KernelLstm(shared, shape, mostClips, threads);
    this.#lstm = { lstm, steps: shape.steps, mostClips };
    return lstm;
  }
}
