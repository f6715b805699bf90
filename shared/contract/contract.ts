// Every call between an interface and the engine. Streams are event iterators, ended by an AbortSignal.
import { clipsCalls } from './calls/clips.ts';
import { corporaCalls } from './calls/corpora.ts';
import { engineCalls } from './calls/engine.ts';
import { featuresCalls } from './calls/features.ts';
import { labelsCalls } from './calls/labels.ts';
import { liveCalls } from './calls/live.ts';
import { predictCalls } from './calls/predict.ts';
import { runsCalls } from './calls/runs.ts';

export const contract = {
  engine: engineCalls,
  corpora: corporaCalls,
  features: featuresCalls,
  clips: clipsCalls,
  labels: labelsCalls,
  runs: runsCalls,
  predict: predictCalls,
  live: liveCalls,
};
export type Contract = typeof contract;
