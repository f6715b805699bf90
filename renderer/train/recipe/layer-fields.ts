// The settings of a network's layers in words.
import type { LayerSpec } from '../../../shared/recipe/recipe.ts';
import type { Field } from './field.ts';

const UNITS: Field = {
  path: 'units',
  label: 'Units',
  help: 'How much it can hold.',
  cost: 'More learn more, are slower, and learn small corpora by heart.',
};

const LSTM: readonly Field[] = [
  UNITS,
  {
    path: 'returnSequences',
    label: 'Hands on',
    help: 'Another LSTM after it needs a vector for every frame; all else one for the clip.',
    cost: '',
    choices: [
      { value: true, label: 'a vector a frame' },
      { value: false, label: 'one vector a clip' },
    ],
  },
  {
    path: 'bidirectional',
    label: 'Reads',
    help: 'A second one can read from the last frame to the first.',
    cost: 'Both ways take twice the time and the weights.',
    choices: [
      { value: false, label: 'forwards' },
      { value: true, label: 'both ways' },
    ],
  },
];
const DENSE: readonly Field[] = [
  UNITS,
  {
    path: 'activation',
    label: 'Activation',
    help: 'What its outputs go through.',
    cost: '',
    choices: [
      { value: 'relu', label: 'ReLU' },
      { value: 'tanh', label: 'tanh' },
      { value: 'linear', label: 'none' },
    ],
  },
];
const DROPOUT: readonly Field[] = [
  { path: 'rate', label: 'Share forgotten', help: 'From 0 to below 1; 0.2 to 0.5 is usual.', cost: '' },
];

export const LAYER_FIELDS: Readonly<Record<LayerSpec['type'], readonly Field[]>> = {
  lstm: LSTM,
  dense: DENSE,
  dropout: DROPOUT,
};
