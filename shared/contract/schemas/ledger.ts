// The label ledger: decisions as events, what a decision changed, conflicts, each rater's own labels.
import { z } from 'zod';
import { clipSchema } from './clips.ts';
import {
  confidenceSchema,
  countSchema,
  idSchema,
  isoTimeSchema,
  labelSchema,
  labelVersionSchema,
  noteSchema,
  raterSchema,
} from './common.ts';
import { segmentSchema } from './segments.ts';

/**
 * What a decision says of a clip; what it leaves out stays as it was. A new label drops secondary label and confidence
 * unless they come with it. Confidence or secondary label alone are about the rater's own label; where the rater has
 * none, they make the current label the rater's own.
 */
export const labelPatchSchema = z.strictObject({
  /** null: unsure, no label. */
  label: labelSchema.nullable().optional(),
  secondaryLabel: labelSchema.nullable().optional(),
  confidence: confidenceSchema.nullable().optional(),
  note: noteSchema.nullable().optional(),
  /** The recording is no good, whatever it says. */
  bad: z.boolean().optional(),
});
export type LabelPatch = z.infer<typeof labelPatchSchema>;

/**
 * What the interface had seen when it decided. An array: each clip's `eventId` as shown, in the order of the clips.
 * `upTo`: the ledger's `head` that it knew, for selections that reach past the loaded rows. A decision on a clip about
 * which somebody else has decided since is refused with CONFLICT.
 */
export const sawSchema = z.union([z.array(countSchema), z.strictObject({ upTo: countSchema })]);
export type Saw = z.infer<typeof sawSchema>;

/**
 * import: what the corpus came with or says now; label: a rater's decision; resolve: the label that ends a
 * disagreement; segment: a segment made, changed or deleted; undo, redo and revert: what they say.
 */
export const eventKindSchema = z.enum(['import', 'label', 'resolve', 'segment', 'undo', 'redo', 'revert']);
export type EventKind = z.infer<typeof eventKindSchema>;

export const ledgerEventSchema = z.object({
  /** Position in the ledger, rising; 0: what the corpus came with. */
  eventId: countSchema,
  /** Events of one decision are undone together; 0: what the corpus came with. */
  decisionId: countSchema,
  /** How many events the decision has. */
  decisionEvents: countSchema,
  clipId: idSchema,
  /** null: about the clip as a whole. */
  segmentId: idSchema.nullable(),
  kind: eventKindSchema,
  /** What it sets, by itself: of a clip as LabelPatch, of a segment its fields (`deleted` when it ends). */
  changes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** Current label of the clip or segment after and before this event. */
  label: labelSchema.nullable(),
  previousLabel: labelSchema.nullable(),
  rater: z.string().nullable(),
  at: isoTimeSchema,
  reason: z.string().nullable(),
  blind: z.boolean(),
  /** The event whose label stood there before; 0: the label that the corpus came with. */
  supersedes: countSchema.nullable(),
  /** The event that a revert takes out. */
  reverts: countSchema.nullable(),
  /** It does not count: undone, or reverted. */
  undone: z.boolean(),
  /** `labels.revert` may be asked: it counts, and is a decision, not an import, undo or redo. */
  revertible: z.boolean(),
});
export type LedgerEvent = z.infer<typeof ledgerEventSchema>;

/** Somebody else's newer event about something that a decision was to change. */
export const conflictSchema = z.object({
  clipId: idSchema,
  segmentId: idSchema.nullable(),
  /** What the refused decision had seen. */
  saw: countSchema,
  event: ledgerEventSchema,
});
export type Conflict = z.infer<typeof conflictSchema>;

/** What an interface shows beside undo and redo. */
export const ledgerStateSchema = z.object({
  labelVersion: labelVersionSchema,
  /** The ledger's last event, of any corpus. */
  head: countSchema,
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type LedgerState = z.infer<typeof ledgerStateSchema>;

export const labelResultSchema = ledgerStateSchema.extend({
  decisionId: idSchema,
  /** Clips that the decision is about, as they are now. */
  clips: z.array(clipSchema),
  /** Segments that it is about and that are there now, and those that are not. */
  segments: z.array(segmentSchema),
  goneSegmentIds: z.array(idSchema),
  /** When it was on disk. */
  savedAt: isoTimeSchema,
});
export type LabelResult = z.infer<typeof labelResultSchema>;

export const resolveResultSchema = labelResultSchema.extend({
  decisionId: idSchema.nullable(),
  /** Clips left as they were: no majority, or no label of the expert's. */
  unresolved: z.array(idSchema),
});
export type ResolveResult = z.infer<typeof resolveResultSchema>;

/** A rater and what they have done in the corpus asked for, or in the workspace. */
export const raterSummarySchema = z.object({
  rater: raterSchema,
  /** Clips with a label (or "unsure") of their own. */
  clips: countSchema,
  lastAt: isoTimeSchema.nullable(),
});
export type RaterSummary = z.infer<typeof raterSummarySchema>;

/** A rater's own current label, whatever others decided later. */
export const ownLabelSchema = z.object({
  clipId: idSchema,
  rater: z.string(),
  eventId: idSchema,
  label: labelSchema.nullable(),
  secondaryLabel: labelSchema.nullable(),
  confidence: confidenceSchema.nullable(),
  blind: z.boolean(),
  at: isoTimeSchema,
});
export type OwnLabel = z.infer<typeof ownLabelSchema>;
