// The recipe: what is computed from a clip, which network sees it and how that network is trained.
import { z } from 'zod';

const positiveInt = z.number().int().positive();

/**
 * Feature specification, in librosa's vocabulary (librosa.feature.mfcc, 0.11).
 * The same specification drives training, prediction, the viewer and live recognition.
 */
export const featureSpecSchema = z.strictObject({
  kind: z.literal('mfcc'),
  /** Rate every clip is resampled to before analysis, in Hz. */
  sampleRateHz: positiveInt.max(192_000),
  /** Number of cepstral coefficients kept, c0 included. */
  coefficients: positiveInt.max(128),
  /** FFT length in samples; a power of two. */
  nFft: positiveInt.refine((n) => (n & (n - 1)) === 0, 'nFft must be a power of two'),
  /** Samples between frame centres. */
  hopLength: positiveInt,
  /** Slaney mel bands. */
  mels: positiveInt,
  fMinHz: z.number().nonnegative(),
  /** Upper edge of the mel filter bank in Hz; null means half the sample rate. */
  fMaxHz: z.number().positive().nullable(),
  /** Dynamic range kept below the clip's own peak, in dB. */
  topDb: z.number().positive(),
  /** Smallest power before the logarithm. */
  amin: z.number().positive(),
  /** Frames the network sees: shorter clips are padded with zeros at the end, longer ones are cut. */
  frames: positiveInt,
});
export type FeatureSpec = z.infer<typeof featureSpecSchema>;

/** Layers between the input (frames, coefficients) and the softmax over the labels, which is implied. */
export const layerSpecSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('lstm'), units: positiveInt, returnSequences: z.boolean() }),
  z.strictObject({
    type: z.literal('dense'),
    units: positiveInt,
    activation: z.enum(['relu', 'tanh', 'linear']),
  }),
]);
export type LayerSpec = z.infer<typeof layerSpecSchema>;

/** Adam as in Kingma & Ba 2015, with Keras's default epsilon. */
export const trainingSpecSchema = z.strictObject({
  epochs: positiveInt.max(10_000),
  batchSize: positiveInt.max(4096),
  learningRate: z.number().positive(),
  beta1: z.number().min(0).max(1),
  beta2: z.number().min(0).max(1),
  epsilon: z.number().positive(),
  /** Which epoch's weights a fold ends with. */
  keep: z.literal('last'),
});
export type TrainingSpec = z.infer<typeof trainingSpecSchema>;

export const recipeSchema = z.strictObject({
  name: z.string().min(1),
  features: featureSpecSchema,
  layers: z.array(layerSpecSchema).min(1),
  training: trainingSpecSchema,
});
export type Recipe = z.infer<typeof recipeSchema>;

/**
 * The classic recipe: 13 MFCC of 40 frames into two LSTM layers (128, 64), Dense 64 ReLU and a softmax;
 * Adam 1e-3, batches of 16, 30 epochs, the last one kept.
 */
export const CLASSIC_RECIPE: Recipe = {
  name: 'classic',
  features: {
    kind: 'mfcc',
    sampleRateHz: 22_050,
    coefficients: 13,
    nFft: 2048,
    hopLength: 512,
    mels: 128,
    fMinHz: 0,
    fMaxHz: null,
    topDb: 80,
    amin: 1e-10,
    frames: 40,
  },
  layers: [
    { type: 'lstm', units: 128, returnSequences: true },
    { type: 'lstm', units: 64, returnSequences: false },
    { type: 'dense', units: 64, activation: 'relu' },
  ],
  training: {
    epochs: 30,
    batchSize: 16,
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    keep: 'last',
  },
};

/** Presets by name. */
export const PRESETS: ReadonlyMap<string, Recipe> = new Map([[CLASSIC_RECIPE.name, CLASSIC_RECIPE]]);

/**
 * JSON with sorted keys: equal values give equal text, whatever order their keys were written in.
 * Hash this to identify a recipe or a feature specification.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
