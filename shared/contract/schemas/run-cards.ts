// The protocol card: all that another laboratory needs to repeat a run, and the figures it should get.
import { z } from 'zod';
import { recipeSchema } from '../../recipe/recipe.ts';
import { splitSpecSchema } from '../../protocol/split.ts';
import { countSchema, intervalSchema, isoTimeSchema, labelSchema, labelVersionSchema } from './common.ts';
import { backendSchema } from './engine.ts';
import { leakageSchema, pathSchema, runStateSchema } from './runs.ts';

const CARD_FORMAT = 'pathos-protocol-card';

/** Cards come from other people: a word, a name or a sentence of theirs, and no more than so many of them. */
const word = z.string().max(200);
const nameText = z.string().max(1000);
const sentences = z.string().max(10_000);
const MOST_LABELS = 1000;

/** A corpus by its content: `hash` is SHA-256 over the run's clips, their paths and contents, in the order of paths. */
const cardCorpusSchema = z.object({ name: nameText, clips: countSchema, hash: word });

export const protocolCardSchema = z.object({
  format: z.literal(CARD_FORMAT),
  formatVersion: z.literal(1),
  name: nameText,
  createdAt: isoTimeSchema,
  state: runStateSchema,
  corpus: cardCorpusSchema.extend({ synthetic: z.boolean() }),
  /** The corpus that a cross-corpus run was tested on. */
  testCorpus: cardCorpusSchema
    .extend({
      /** SHA-256 over the labels of its clips as they were scored; cards of earlier versions do not tell. */
      labelHash: word.optional(),
    })
    .nullable(),
  labels: z.array(labelSchema).max(MOST_LABELS),
  labelVersion: labelVersionSchema,
  recipe: recipeSchema,
  split: splitSpecSchema,
  seed: z.int(),
  /** Whether clips flagged as bad recordings were used; cards of earlier versions do not say, and they were. */
  keepFlagged: z.boolean().default(true),
  backend: backendSchema,
  path: pathSchema,
  /** Threads of one fold. */
  threads: z.int().positive(),
  versions: z.object({ studio: word, node: word, platform: word }),
  /** In words: who was scored by whom. */
  protocol: sentences,
  leakage: leakageSchema,
  figures: z.object({
    clips: countSchema,
    speakers: countSchema,
    foldsDone: countSchema,
    uar: z.number().nullable(),
    uarInterval: intervalSchema,
    accuracy: z.number().nullable(),
    accuracyInterval: intervalSchema,
    macroF1: z.number().nullable(),
    ece: z.number().nullable(),
    confusion: z.array(z.array(countSchema).max(MOST_LABELS)).max(MOST_LABELS).nullable(),
  }),
});
export type ProtocolCard = z.infer<typeof protocolCardSchema>;

/** How a run compares with a card: what it was given, and what came out. */
export const cardMatchSchema = z.object({
  /** Everything that a result hangs on is the same, and so is the result. */
  matches: z.boolean(),
  differences: z.array(z.object({ what: z.string(), card: z.string(), run: z.string() })),
});
export type CardMatch = z.infer<typeof cardMatchSchema>;
