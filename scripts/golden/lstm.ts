// The golden losses and gradients of small LSTM networks, by PyTorch. `node scripts/golden/lstm.ts` makes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerSpec } from '../../shared/recipe/recipe.ts';
import { ensurePython } from '../provision/python.ts';
import { run } from '../provision/run.ts';

const FILE = join(import.meta.dirname, 'lstm.json');
const LIMIT_MS = 5 * 60_000;

export interface GoldenNetwork {
  readonly steps: number;
  readonly columns: number;
  readonly labels: number;
  readonly clips: number;
  readonly layers: readonly LayerSpec[];
  /** Mean over the clips, in nats. */
  readonly loss: number;
  /** [clips, labels] */
  readonly probabilities: readonly number[];
  /** In the order of the weights. */
  readonly gradient: readonly number[];
}

/** Reads lstm.json (made by make_lstm.py): networks by name. */
export function readGoldenNetworks(): Map<string, GoldenNetwork> {
  const { cases } = JSON.parse(readFileSync(FILE, 'utf8')) as { cases: Record<string, GoldenNetwork> };
  return new Map(Object.entries(cases));
}

/** Features, label indices and weights of a golden network, by the formulas of make_lstm.py. */
export function goldenInputs({ clips, steps, columns, labels, gradient }: GoldenNetwork): {
  features: Float32Array;
  targets: Int32Array;
  weights: Float32Array;
} {
  return {
    features: Float32Array.from({ length: clips * steps * columns }, (_, i) => 2 * Math.sin(0.7 * i)),
    targets: Int32Array.from({ length: clips }, (_, i) => i % labels),
    weights: Float32Array.from(gradient, (_, i) => 0.4 * Math.sin(1.3 * i + 0.5)),
  };
}

if (import.meta.main) {
  const { python } = await ensurePython('pytorch');
  const made = await run(python, [join(import.meta.dirname, 'make_lstm.py')], { timeoutMs: LIMIT_MS });
  if (made.code !== 0) throw new Error(`PyTorch did not run: ${made.failure}`);
  writeFileSync(FILE, made.stdout);
}
