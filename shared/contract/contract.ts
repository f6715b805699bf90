// Every call between an interface and the engine. Streams are event iterators, ended by an AbortSignal.
import { agreementCalls } from './calls/agreement.ts';
import { clipsCalls } from './calls/clips.ts';
import { corporaCalls } from './calls/corpora.ts';
import { engineCalls } from './calls/engine.ts';
import { featuresCalls } from './calls/features.ts';
import { labelSetsCalls } from './calls/label-sets.ts';
import { labelVersionsCalls } from './calls/label-versions.ts';
import { labelsCalls } from './calls/labels.ts';
import { humanRecallCalls, listeningCalls } from './calls/listening.ts';
import { predictCalls } from './calls/predict.ts';
import { ratersCalls } from './calls/raters.ts';
import { runsCalls } from './calls/runs.ts';
import { segmentsCalls } from './calls/segments.ts';

export const contract = {
  engine: engineCalls,
  corpora: corporaCalls,
  features: featuresCalls,
  clips: clipsCalls,
  labels: labelsCalls,
  segments: segmentsCalls,
  raters: ratersCalls,
  agreement: agreementCalls,
  labelSets: labelSetsCalls,
  labelVersions: labelVersionsCalls,
  listening: listeningCalls,
  humanRecall: humanRecallCalls,
  runs: runsCalls,
  predict: predictCalls,
};
export type Contract = typeof contract;
