// What a run's test predictions amount to: scores with their intervals, by label, speaker and sex, and two runs compared.
import { z } from 'zod';
import { countSchema, idSchema, intervalSchema, labelSchema } from './common.ts';

/** A figure and its 95 % interval by speaker; `value` is null where nothing was counted. */
export const estimateSchema = z.object({ value: z.number().nullable(), interval: intervalSchema });
export type Estimate = z.infer<typeof estimateSchema>;

export const labelScoreSchema = z.object({
  label: labelSchema,
  /** Test clips of the label, and clips that were taken for it. */
  clips: countSchema,
  predicted: countSchema,
  precision: estimateSchema,
  recall: estimateSchema,
  f1: estimateSchema,
});
export type LabelScore = z.infer<typeof labelScoreSchema>;

/** Of one speaker: an interval by speaker is not estimable. `recall` in the order of the run's labels. */
export const speakerScoreSchema = z.object({
  speaker: z.string(),
  sex: z.enum(['female', 'male']).nullable(),
  clips: countSchema,
  accuracy: z.number().nullable(),
  uar: z.number().nullable(),
  recall: z.array(z.number().nullable()),
});
export type SpeakerScore = z.infer<typeof speakerScoreSchema>;

export const sexScoreSchema = z.object({
  sex: z.enum(['female', 'male']),
  speakers: countSchema,
  clips: countSchema,
  accuracy: estimateSchema,
  uar: estimateSchema,
  /** In the order of the run's labels. */
  recall: z.array(estimateSchema),
});
export type SexScore = z.infer<typeof sexScoreSchema>;

/** Clips whose greatest probability lies above `from` and not above `to`. */
export const reliabilityBinSchema = z.object({
  from: z.number(),
  to: z.number(),
  clips: countSchema,
  /** Mean greatest probability of those clips; null without clips. */
  confidence: z.number().nullable(),
  accuracy: estimateSchema,
});
export type ReliabilityBin = z.infer<typeof reliabilityBinSchema>;

export const scoresSchema = z.object({
  clips: countSchema,
  /** Named speakers of those clips. */
  speakers: countSchema,
  accuracy: estimateSchema,
  uar: estimateSchema,
  macroF1: estimateSchema,
  /** Expected calibration error over `reliability`. */
  ece: estimateSchema,
  reliability: z.array(reliabilityBinSchema),
  /** confusion[label][predicted], counts. */
  confusion: z.array(z.array(countSchema)),
  /** In the order of the run's labels. */
  byLabel: z.array(labelScoreSchema),
  /** In the order of their names; clips without a speaker are in none. */
  bySpeaker: z.array(speakerScoreSchema),
  /** Female first; clips without a sex are in none. */
  bySex: z.array(sexScoreSchema),
});
export type Scores = z.infer<typeof scoresSchema>;

/** One of two runs' answers that differ on a clip. */
export const changedClipSchema = z.object({
  clipId: idSchema,
  path: z.string(),
  speaker: z.string().nullable(),
  label: labelSchema,
  /** Labels that run `a` and run `b` gave. */
  a: labelSchema,
  b: labelSchema,
});
export type ChangedClip = z.infer<typeof changedClipSchema>;

/** Two runs on the test clips that both scored under the same label. Differences are b - a. */
export const comparisonSchema = z.object({
  a: idSchema,
  b: idSchema,
  /** Clips that both scored under the same label: all below is over them. */
  clips: countSchema,
  speakers: countSchema,
  /** Test clips that only one of them scored, and those whose label is not the same in both. */
  onlyA: countSchema,
  onlyB: countSchema,
  relabelled: countSchema,
  accuracy: z.object({ a: z.number().nullable(), b: z.number().nullable(), difference: estimateSchema }),
  uar: z.object({ a: z.number().nullable(), b: z.number().nullable(), difference: estimateSchema }),
  /** McNemar's exact test of the clips that one run gets right and the other does not. */
  mcnemar: z.object({
    bothRight: countSchema,
    onlyARight: countSchema,
    onlyBRight: countSchema,
    bothWrong: countSchema,
    /** Two-sided; 1 where no clip tells them apart. */
    pValue: z.number(),
  }),
  /** In the order of their paths. */
  changed: z.array(changedClipSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;
