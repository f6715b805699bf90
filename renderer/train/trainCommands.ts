// What can be done in the Train room from the keyboard and the command palette.
import type { Command } from '../ui/command.ts';
import { TRAIN_KEYS, withActions } from '../ui/roomKeys.ts';
import { chartView } from './chartView.svelte.ts';
import { newRun } from './newRun.svelte.ts';
import { overlays } from './overlays.svelte.ts';
import { recipes } from './recipe/recipes.svelte.ts';
import { runs, type RunOrder } from './runs.svelte.ts';
import { isActive } from './words.ts';

/** What the room does itself, for it knows where the keys are. */
export interface TrainActions {
  readonly start: () => void;
  readonly evaluate: () => void;
  readonly order: (what: RunOrder) => void;
  readonly compare: () => void;
  readonly canCompare: () => boolean;
  readonly name: () => void;
  readonly remove: () => void;
}

const canOrder = (): boolean => runs.selected !== null && isActive(runs.selected) && runs.asked === null;

export function trainCommands(actions: TrainActions): Command[] {
  return withActions('Train', TRAIN_KEYS, {
    'train.start': { enabled: () => newRun.blocked === null, run: actions.start },
    'train.recipe': { run: () => (recipes.editing = !recipes.editing) },
    'train.evaluate': {
      enabled: () => runs.selected !== null && runs.selected.uar !== null,
      run: actions.evaluate,
    },
    'train.pause': {
      enabled: canOrder,
      run: () => actions.order(runs.selected?.state === 'paused' ? 'resume' : 'pause'),
    },
    'train.stop': { enabled: canOrder, run: () => actions.order('stop') },
    'train.cancel': { enabled: canOrder, run: () => actions.order('cancel') },
    'train.overlay': {
      enabled: () => runs.selected !== null,
      run: () => runs.selected && overlays.toggle(runs.selected.runId),
    },
    'train.overlay-all': { enabled: () => runs.selected !== null, run: () => overlays.toggleAll() },
    'train.compare': { enabled: actions.canCompare, run: actions.compare },
    'train.name': { enabled: () => runs.selected !== null, run: actions.name },
    'train.smooth': { run: () => (chartView.smooth = !chartView.smooth) },
    'train.scale': { run: () => (chartView.scale = chartView.scale === 'log' ? 'linear' : 'log') },
    'train.table': { run: () => (chartView.show = chartView.show === 'table' ? 'charts' : 'table') },
    'train.delete': {
      enabled: () => runs.selected !== null && !isActive(runs.selected),
      run: actions.remove,
    },
  });
}
