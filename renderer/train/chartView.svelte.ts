// How the curves are looked at: kept while runs are changed, so that two can be held against each other.
import type { AxisScale, Span } from '../ui/charts/curves.ts';

/** Weight of the moving average: about the last five epochs. */
export const SMOOTHING = 0.8;

class ChartView {
  smooth = $state(false);
  scale = $state<AxisScale>('linear');
  show = $state<'charts' | 'table'>('charts');
  /** Epochs that are shown; null: all. */
  span = $state.raw<Span | null>(null);
}

export const chartView = new ChartView();
