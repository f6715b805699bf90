// The recipe's settings of training in words.
import type { Field } from './field.ts';

export const TRAINING_FIELDS: readonly Field[] = [
  {
    path: 'training.epochs',
    label: 'Epochs',
    help: 'How often a fold goes over its training clips.',
    cost: 'Time in proportion. Too many and the network learns the training clips by heart: the held-out loss rises.',
  },
  {
    path: 'training.batchSize',
    label: 'Batch',
    unit: 'clips',
    help: 'Clips between two changes of the weights.',
    cost: 'Larger batches are faster an epoch and learn less in it.',
  },
  {
    path: 'training.learningRate',
    label: 'Learning rate',
    help: 'Size of Adam’s steps.',
    cost: 'No time. Too large and the loss jumps about; too small and it crawls.',
  },
  {
    path: 'training.classWeights',
    label: 'Weigh labels',
    help: 'Lets clips of rare labels count for more, so that common ones do not win by number.',
    cost: 'No time. Helps UAR where labels are uneven, often at some accuracy.',
    choices: [
      { value: 'none', label: 'all clips alike' },
      { value: 'balanced', label: 'rare labels up' },
    ],
  },
  {
    path: 'training.validation',
    label: 'Validation speakers',
    whenOn: { share: 0.2 },
    help: 'Sets speakers of the training side aside to choose an epoch on; test clips are never used for that.',
    cost: 'Those speakers are not trained on. Needed to keep the best epoch or to stop early.',
  },
  {
    path: 'training.validation.share',
    label: 'Share set aside',
    help: 'Of each fold’s training speakers, at least one.',
    cost: 'A larger share chooses the epoch more surely and trains on less.',
  },
  {
    path: 'training.keep',
    label: 'Keep',
    help: 'Which epoch’s weights a fold ends with.',
    cost: 'No time. “Best” needs validation speakers.',
    choices: [
      { value: 'last', label: 'the last epoch' },
      { value: 'best', label: 'the best epoch' },
    ],
  },
  {
    path: 'training.monitor',
    label: 'Best by',
    help: 'What tells the best epoch, on the validation clips.',
    cost: 'No time. Loss moves earlier and more smoothly than accuracy.',
    choices: [
      { value: 'loss', label: 'validation loss' },
      { value: 'accuracy', label: 'validation accuracy' },
    ],
  },
  {
    path: 'training.earlyStopping',
    label: 'Stop early',
    whenOn: { patience: 6, minDelta: 0 },
    help: 'Ends a fold once nothing improves any more.',
    cost: 'Saves time. Needs validation speakers.',
  },
  {
    path: 'training.earlyStopping.patience',
    label: 'Patience',
    unit: 'epochs',
    help: 'Epochs in a row without improvement before a fold ends.',
    cost: 'Each is an epoch’s time; too few can stop on a plateau.',
  },
  {
    path: 'training.earlyStopping.minDelta',
    label: 'Least improvement',
    help: 'What counts as an improvement at all.',
    cost: 'No time. 0: any.',
    advanced: true,
  },
  {
    path: 'training.beta1',
    label: 'Adam β₁',
    help: 'How long Adam remembers the direction.',
    cost: 'No time.',
    advanced: true,
  },
  {
    path: 'training.beta2',
    label: 'Adam β₂',
    help: 'How long Adam remembers the size of gradients.',
    cost: 'No time.',
    advanced: true,
  },
  {
    path: 'training.epsilon',
    label: 'Adam ε',
    help: 'Keeps Adam’s steps finite; Keras’s value.',
    cost: 'No time.',
    advanced: true,
  },
];
