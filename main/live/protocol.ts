// What the live process is told and asked, and what it says.
import type { LiveCalibration, LiveSettings, LiveWindow } from '../../shared/contract/schemas.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import type { KeptWindow } from './listener.ts';

/** A run's models as the live process needs them. */
export interface LiveModelFiles {
  /** Model folders; the answer is the mean over them. */
  readonly folders: readonly string[];
  readonly features: FeatureSpec;
  readonly labels: readonly string[];
}

/** With the threshold resolved. */
export type ResolvedSettings = LiveSettings & { readonly unsureBelow: number };

export interface Stretch {
  readonly fromSample: number;
  readonly samples: Float32Array;
  readonly windows: readonly KeptWindow[];
}

/** Questions by name: what is asked and what is answered. */
export interface LiveQuestions {
  /** Begins a stream; answered once the model is loaded and warm. */
  start: [{ sampleRateHz: number; model: LiveModelFiles; settings: ResolvedSettings }, null];
  useModel: [{ model: LiveModelFiles; settings: ResolvedSettings }, null];
  /** What is kept of [from, until). */
  stretch: [{ fromSample: number; untilSample: number }, Stretch];
  calibrate: [
    { quiet: { from: number; until: number }; speech: { from: number; until: number } },
    LiveCalibration,
  ];
  /** All windows of samples that are all there. */
  file: [
    { samples: Float32Array; sampleRateHz: number; model: LiveModelFiles; settings: ResolvedSettings },
    LiveWindow[],
  ];
}
export type QuestionName = keyof LiveQuestions;

export type ToLive =
  | { readonly type: 'push'; readonly at: number; readonly samples: Float32Array }
  | { readonly type: 'adjust'; readonly settings: ResolvedSettings }
  | {
      [Name in QuestionName]: {
        readonly type: 'ask';
        readonly id: number;
        readonly name: Name;
        readonly input: LiveQuestions[Name][0];
      };
    }[QuestionName];

export interface WindowMessage {
  readonly type: 'window';
  readonly window: LiveWindow;
  readonly droppedWindows: number;
  readonly missedSamples: number;
}

export type FromLive =
  | WindowMessage
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | {
      readonly type: 'failure';
      readonly id: number;
      readonly message: string;
      readonly code: string | null;
      readonly data: { path?: string; next?: string } | null;
    };
