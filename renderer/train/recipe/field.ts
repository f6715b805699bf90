// A setting of a recipe for people: what it is called, what it does, what it may be.

export interface Choice {
  readonly value: string | number | boolean | null;
  readonly label: string;
}

export interface Field {
  /** Where it is in the recipe, dotted: "training.batchSize". */
  readonly path: string;
  readonly label: string;
  readonly unit?: string;
  /** What it does, in a sentence. */
  readonly help: string;
  /** What a greater or another value costs, in a sentence. */
  readonly cost: string;
  /** Present where a value is chosen from a few. */
  readonly choices?: readonly Choice[];
  /** Present where it can be off: the value it has when it is switched on. */
  readonly whenOn?: unknown;
  /** Not needed on the first look. */
  readonly advanced?: boolean;
}
