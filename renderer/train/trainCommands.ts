// What can be done in the Train room from the keyboard and the command palette.
import type { Command } from '../ui/command.ts';
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
  return [
    {
      id: 'train.start',
      label: 'Start the run',
      scope: 'Train',
      keys: ['Ctrl Enter'],
      enabled: () => newRun.blocked === null,
      run: actions.start,
    },
    {
      id: 'train.recipe',
      label: 'Edit the recipe',
      scope: 'Train',
      keys: ['R'],
      run: () => (recipes.editing = !recipes.editing),
    },
    {
      id: 'train.evaluate',
      label: 'Evaluate the selected run',
      scope: 'Train',
      keys: ['E'],
      enabled: () => runs.selected !== null && runs.selected.uar !== null,
      run: actions.evaluate,
    },
    {
      id: 'train.pause',
      label: 'Pause the selected run, or go on with it',
      scope: 'Train',
      keys: ['Shift P'],
      enabled: canOrder,
      run: () => actions.order(runs.selected?.state === 'paused' ? 'resume' : 'pause'),
    },
    {
      id: 'train.stop',
      label: 'Stop the selected run and keep what it has',
      scope: 'Train',
      enabled: canOrder,
      run: () => actions.order('stop'),
    },
    {
      id: 'train.cancel',
      label: 'Cancel the selected run',
      scope: 'Train',
      keys: ['Ctrl .'],
      enabled: canOrder,
      run: () => actions.order('cancel'),
    },
    {
      id: 'train.overlay',
      label: 'Lay the selected run over the others, or take it off',
      scope: 'Train',
      keys: ['X'],
      enabled: () => runs.selected !== null,
      run: () => runs.selected && overlays.toggle(runs.selected.runId),
    },
    {
      id: 'train.overlay-all',
      label: 'Lay all runs over one another',
      scope: 'Train',
      keys: ['Shift X'],
      enabled: () => runs.selected !== null,
      run: () => overlays.toggleAll(),
    },
    {
      id: 'train.compare',
      label: 'Compare the selected run with another',
      scope: 'Train',
      keys: ['C'],
      enabled: actions.canCompare,
      run: actions.compare,
    },
    {
      id: 'train.name',
      label: 'Name the selected run, tag it, note something',
      scope: 'Train',
      keys: ['F2'],
      enabled: () => runs.selected !== null,
      run: actions.name,
    },
    {
      id: 'train.smooth',
      label: 'Smooth the curves, or show them raw',
      scope: 'Train',
      keys: ['S'],
      run: () => (chartView.smooth = !chartView.smooth),
    },
    {
      id: 'train.scale',
      label: 'Loss on a linear or a logarithmic axis',
      scope: 'Train',
      keys: ['L'],
      run: () => (chartView.scale = chartView.scale === 'log' ? 'linear' : 'log'),
    },
    {
      id: 'train.table',
      label: 'Show curves as a table, or as charts',
      scope: 'Train',
      keys: ['T'],
      run: () => (chartView.show = chartView.show === 'table' ? 'charts' : 'table'),
    },
    {
      id: 'train.delete',
      label: 'Delete the selected run',
      scope: 'Train',
      keys: ['Delete'],
      enabled: () => runs.selected !== null && !isActive(runs.selected),
      run: actions.remove,
    },
  ];
}
