// What crosses between renderer and engine, as zod schemas: checked on the engine's side, typed on both.
export * from './schemas/common.ts';
export * from './schemas/engine.ts';
export * from './schemas/corpora.ts';
export * from './schemas/clips.ts';
export * from './schemas/features.ts';
export * from './schemas/segments.ts';
export * from './schemas/ledger.ts';
export * from './schemas/label-sets.ts';
export * from './schemas/label-versions.ts';
export * from './schemas/agreement.ts';
export * from './schemas/listening.ts';
export * from './schemas/runs.ts';
export * from './schemas/run-scores.ts';
export * from './schemas/run-cards.ts';
export * from './schemas/over-time.ts';
export * from './schemas/notices.ts';
