// The recipe: what is computed from a clip, which network sees it and how that network is trained.
import { z } from 'zod';

const positiveInt = z.number().int().positive();

/** Recipes come from other people: what no clip and no network needs would only fill the memory. */
const MOST_FRAMES = 100_000;
const MOST_TRACKS = 64;
const MOST_LAYERS = 32;
const MOST_UNITS = 4096;
const MOST_NAME_CHARACTERS = 200;

/**
 * One feature of a specification, by librosa's definition (0.11), with its own settings. All of them share the
 * specification's rate and framing. What columns each gives: columns.ts.
 */
export const trackSpecSchema = z.discriminatedUnion('type', [
  /** librosa.feature.mfcc; c0 included; with `deltas` 1 or 2 also librosa.feature.delta of those orders. */
  z.strictObject({
    type: z.literal('mfcc'),
    coefficients: positiveInt.max(128).default(13),
    deltas: z.int().min(0).max(2).default(0),
  }),
  /** librosa.power_to_db of librosa.feature.melspectrogram. */
  z.strictObject({ type: z.literal('log-mel') }),
  /** librosa.feature.rms, of the samples. */
  z.strictObject({ type: z.literal('rms') }),
  /** librosa.feature.zero_crossing_rate. */
  z.strictObject({ type: z.literal('zero-crossing-rate') }),
  /** librosa.feature.spectral_centroid, in Hz. */
  z.strictObject({ type: z.literal('centroid') }),
  /** librosa.feature.spectral_bandwidth, in Hz. */
  z.strictObject({ type: z.literal('bandwidth') }),
  /** librosa.feature.spectral_rolloff, in Hz. */
  z.strictObject({ type: z.literal('rolloff'), fraction: z.number().gt(0).lt(1).default(0.85) }),
  /** librosa.feature.spectral_flatness. */
  z.strictObject({ type: z.literal('flatness') }),
  /** librosa.feature.spectral_contrast, in dB. */
  z.strictObject({
    type: z.literal('contrast'),
    bands: positiveInt.max(16).default(6),
    fMinHz: z.number().positive().default(200),
    quantile: z.number().gt(0).lt(1).default(0.02),
  }),
  /** librosa.feature.chroma_stft. */
  z.strictObject({ type: z.literal('chroma') }),
  /** librosa.pyin: F0 in Hz (0 where unvoiced), voicing (0 or 1) and its probability. The defaults are C2 and C7. */
  z.strictObject({
    type: z.literal('f0'),
    fMinHz: z.number().positive().default(65.40639132514966),
    fMaxHz: z.number().positive().default(2093.004522404789),
  }),
]);
export type TrackSpec = z.infer<typeof trackSpecSchema>;

/** What a feature's mean and deviation are taken over before they are removed (z-score). */
const normalisationSchema = z.enum(['none', 'utterance', 'speaker', 'corpus']);
export type Normalisation = z.infer<typeof normalisationSchema>;

/** The specification of the first version: MFCC alone, its coefficients beside the settings that all features share. */
const firstFeatureSpecSchema = z.looseObject({
  kind: z.literal('mfcc'),
  coefficients: positiveInt,
});

function fromFirstVersion(value: unknown): unknown {
  const first = firstFeatureSpecSchema.safeParse(value);
  if (!first.success) return value;
  const { kind: type, coefficients, ...shared } = first.data;
  return { ...shared, tracks: [{ type, coefficients }] };
}

const currentFeatureSpecSchema = z.strictObject({
  /** Rate every clip is resampled to before analysis, in Hz. */
  sampleRateHz: positiveInt.max(192_000).default(22_050),
  /** Leading and trailing silence this far below the clip's loudest frame is cut off (librosa.effects.trim), in dB. */
  trimTopDb: z.number().positive().nullable().default(null),
  /** Frame and FFT length in samples; a power of two. */
  nFft: positiveInt
    .max(65_536)
    .refine((n) => (n & (n - 1)) === 0, 'a power of two')
    .default(2048),
  /** Samples between frame centres. */
  hopLength: positiveInt.max(65_536).default(512),
  /** Slaney mel bands, for MFCC and log-mel. */
  mels: positiveInt.max(1024).default(128),
  fMinHz: z.number().nonnegative().default(0),
  /** Upper edge of the mel filter bank in Hz; null means half the sample rate. */
  fMaxHz: z.number().positive().nullable().default(null),
  /** Dynamic range of MFCC and log-mel kept below the clip's own peak, in dB. */
  topDb: z.number().positive().default(80),
  /** Smallest power before the logarithm. */
  amin: z.number().positive().default(1e-10),
  /** What is computed, in the order of the matrix's columns. */
  tracks: z.array(trackSpecSchema).min(1).max(MOST_TRACKS),
  /** Over what the columns are brought to mean 0 and deviation 1, before padding; see shared/dsp/normalise.ts. */
  normalise: normalisationSchema.default('none'),
  /** Frames the network sees: shorter clips are padded with zeros at the end, longer ones cut; null: the whole clip. */
  frames: positiveInt.max(MOST_FRAMES).nullable().default(null),
});

/**
 * Feature specification, in librosa's vocabulary. The same specification drives training, prediction, the viewer
 * and live recognition. Only `tracks` must be given. Specifications of the first version are read as what they say.
 */
export const featureSpecSchema = z.preprocess(fromFirstVersion, currentFeatureSpecSchema);
export type FeatureSpec = z.infer<typeof featureSpecSchema>;

/** Layers between the input (frames, coefficients) and the softmax over the labels, which is implied. */
const layerSpecSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('lstm'),
    units: positiveInt.max(MOST_UNITS),
    returnSequences: z.boolean(),
    /** A second one reads the frames from the last to the first; its outputs are put beside those of the first. */
    bidirectional: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('dense'),
    units: positiveInt.max(MOST_UNITS),
    activation: z.enum(['relu', 'tanh', 'linear']),
  }),
  /** Drops values with that probability, in training alone. */
  z.strictObject({ type: z.literal('dropout'), rate: z.number().min(0).lt(1) }),
]);
export type LayerSpec = z.infer<typeof layerSpecSchema>;

/** Adam as in Kingma & Ba 2015, with Keras's default epsilon. */
const trainingFields = z.strictObject({
  epochs: positiveInt.max(10_000),
  batchSize: positiveInt.max(4096),
  learningRate: z.number().positive(),
  beta1: z.number().min(0).max(1),
  beta2: z.number().min(0).max(1),
  epsilon: z.number().positive(),
  /** Which epoch's weights a fold ends with; `best` is chosen on the validation clips, never on test clips. */
  keep: z.enum(['last', 'best']).default('last'),
  /** `balanced`: a label's clips weigh clips / (labels x clips of the label), as scikit-learn has it. */
  classWeights: z.enum(['none', 'balanced']).default('none'),
  /** Speakers of the training side that are set aside to choose an epoch on; null: none, all are trained on. */
  validation: z
    .strictObject({
      /** Of the fold's training speakers; at least one is set aside and one left. */
      share: z.number().gt(0).lt(1).default(0.2),
    })
    .nullable()
    .default(null),
  /** What tells the best epoch, and the stop: loss or accuracy on the validation clips. */
  monitor: z.enum(['loss', 'accuracy']).default('loss'),
  /** Ends a fold once so many epochs in a row brought no improvement of more than `minDelta`; null: never. */
  earlyStopping: z
    .strictObject({
      patience: positiveInt.max(10_000),
      minDelta: z.number().nonnegative().default(0),
    })
    .nullable()
    .default(null),
});

/** How a fold is trained; what chooses an epoch needs clips to choose on. */
const trainingSpecSchema = trainingFields.refine(
  ({ keep, earlyStopping, validation }) => validation !== null || (keep === 'last' && earlyStopping === null),
  'keeping the best epoch and stopping early need validation speakers',
);
export type TrainingSpec = z.infer<typeof trainingSpecSchema>;

export const recipeSchema = z.strictObject({
  name: z.string().min(1).max(MOST_NAME_CHARACTERS),
  features: featureSpecSchema,
  layers: z.array(layerSpecSchema).min(1).max(MOST_LAYERS),
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
    sampleRateHz: 22_050,
    trimTopDb: null,
    nFft: 2048,
    hopLength: 512,
    mels: 128,
    fMinHz: 0,
    fMaxHz: null,
    topDb: 80,
    amin: 1e-10,
    tracks: [{ type: 'mfcc', coefficients: 13, deltas: 0 }],
    normalise: 'none',
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
    classWeights: 'none',
    validation: null,
    monitor: 'loss',
    earlyStopping: null,
  },
};

/** Presets by name. */
export const PRESETS: ReadonlyMap<string, Recipe> = new Map([[CLASSIC_RECIPE.name, CLASSIC_RECIPE]]);

/** Every feature there is, by librosa's defaults, over the whole clip: to look at and to export, not to train on. */
const ALL_FEATURES: FeatureSpec = featureSpecSchema.parse({
  tracks: [
    { type: 'mfcc', deltas: 2 },
    { type: 'log-mel' },
    { type: 'rms' },
    { type: 'zero-crossing-rate' },
    { type: 'centroid' },
    { type: 'bandwidth' },
    { type: 'rolloff' },
    { type: 'flatness' },
    { type: 'contrast' },
    { type: 'chroma' },
    { type: 'f0' },
  ],
});

/**
 * Feature specifications by name: those of the recipes and, apart from them because no network is trained on it,
 * `all`.
 */
export const FEATURE_PRESETS: ReadonlyMap<string, FeatureSpec> = new Map([
  ...[...PRESETS].map(([name, { features }]) => [name, features] as const),
  ['all', ALL_FEATURES],
]);

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
