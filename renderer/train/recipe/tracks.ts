// The features a recipe can be made of and the layers a network can have, in words, with what each begins as.
import { trackSpecSchema, type LayerSpec, type TrackSpec } from '../../../shared/recipe/recipe.ts';
import type { Field } from './field.ts';

export interface TrackWords {
  readonly title: string;
  readonly help: string;
  /** Settings of its own; paths are relative to the track. */
  readonly fields: readonly Field[];
}

const field = (path: string, label: string, help: string, unit?: string): Field => ({
  path,
  label,
  help,
  cost: '',
  ...(unit === undefined ? {} : { unit }),
});

export const TRACK_WORDS: Readonly<Record<TrackSpec['type'], TrackWords>> = {
  mfcc: {
    title: 'MFCC',
    help: 'The shape of the spectrum in a few numbers a frame; the first is loudness. The field’s default.',
    fields: [
      field('coefficients', 'Coefficients', '13 is usual; more add detail and columns.'),
      field(
        'deltas',
        'Deltas',
        '0, 1 or 2: how they change, and how the change changes. Each adds as many columns.',
      ),
    ],
  },
  'log-mel': {
    title: 'Log-mel',
    help: 'The spectrum itself, a column a mel band: more detail, many more columns.',
    fields: [],
  },
  rms: {
    title: 'Loudness (RMS)',
    help: 'One column. Tells shouting from whispering, and near from far.',
    fields: [],
  },
  'zero-crossing-rate': {
    title: 'Zero crossings',
    help: 'One column. High in hisses, low in vowels.',
    fields: [],
  },
  centroid: { title: 'Spectral centroid', help: 'One column, in Hz: how bright the voice is.', fields: [] },
  bandwidth: {
    title: 'Spectral bandwidth',
    help: 'One column, in Hz: how spread the spectrum is.',
    fields: [],
  },
  rolloff: {
    title: 'Spectral roll-off',
    help: 'One column, in Hz: below it lies most of the energy.',
    fields: [field('fraction', 'Fraction', 'Of the energy that lies below.')],
  },
  flatness: { title: 'Spectral flatness', help: 'One column: noise near 1, tones near 0.', fields: [] },
  contrast: {
    title: 'Spectral contrast',
    help: 'Peaks against valleys, a column a band.',
    fields: [
      field('bands', 'Bands', 'One column each, and one more.'),
      field('fMinHz', 'Lowest band', 'Upper edge of the lowest band.', 'Hz'),
      field('quantile', 'Quantile', 'What counts as a peak and as a valley.'),
    ],
  },
  chroma: { title: 'Chroma', help: 'Twelve columns, one a pitch class. Made for music.', fields: [] },
  f0: {
    title: 'Pitch (F0)',
    help: 'Pitch in Hz, whether there is any, and how surely: the slowest feature to compute by far, once a clip.',
    fields: [
      field('fMinHz', 'Lowest pitch', 'Narrower limits are quicker and surer.', 'Hz'),
      field('fMaxHz', 'Highest pitch', 'Narrower limits are quicker and surer.', 'Hz'),
    ],
  },
};

export const TRACK_TYPES = Object.keys(TRACK_WORDS) as TrackSpec['type'][];

/** A feature as it begins: librosa's defaults. */
export function newTrack(type: TrackSpec['type']): TrackSpec {
  return trackSpecSchema.parse({ type });
}

export const LAYER_WORDS: Readonly<Record<LayerSpec['type'], { title: string; help: string }>> = {
  lstm: {
    title: 'LSTM',
    help: 'Reads the frames in order and remembers. Twice the units take up to four times the time.',
  },
  dense: { title: 'Dense', help: 'Mixes what comes before. Cheap after the last LSTM.' },
  dropout: {
    title: 'Dropout',
    help: 'Forgets that share at random in training, against learning by heart. Costs no time, wants more epochs.',
  },
};

export const LAYER_TYPES = Object.keys(LAYER_WORDS) as LayerSpec['type'][];

/** A layer as it begins. */
export function newLayer(type: LayerSpec['type']): LayerSpec {
  switch (type) {
    case 'lstm':
      return { type, units: 64, returnSequences: false };
    case 'dense':
      return { type, units: 64, activation: 'relu' };
    case 'dropout':
      return { type, rate: 0.3 };
  }
}
