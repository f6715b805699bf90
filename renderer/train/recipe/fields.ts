// Every setting of a recipe for people: its name, what it does and what it costs. The editor and the comparison read it.
import { FEATURE_FIELDS } from './feature-fields.ts';
import type { Field } from './field.ts';
import { TRAINING_FIELDS } from './training-fields.ts';

export interface FieldGroup {
  readonly id: 'features' | 'training';
  readonly title: string;
  readonly fields: readonly Field[];
}

export const FIELD_GROUPS: readonly FieldGroup[] = [
  { id: 'features', title: 'Features', fields: FEATURE_FIELDS },
  { id: 'training', title: 'Training', fields: TRAINING_FIELDS },
];

const BY_PATH = new Map(FIELD_GROUPS.flatMap(({ fields }) => fields).map((field) => [field.path, field]));

/** The field at a path; undefined for parts of tracks and layers, which have words of their own. */
export function fieldAt(path: string): Field | undefined {
  return BY_PATH.get(path);
}
