// Label sets of a workspace, and which corpus is labelled with which.
import { UserError } from '../../shared/contract/errors.ts';
import { labelSetInputSchema, type LabelSet, type LabelSetInput } from '../../shared/contract/schemas.ts';
import { corpusSummary, getCorpus } from './corpora.ts';
import type { Store } from './database.ts';

const NUMBER_KEYS = 9;

interface LabelSetRow {
  labelSetId: number;
  name: string;
  items: string;
  mapping: string;
}

/** By name. */
export function listLabelSets(store: Store): LabelSet[] {
  const rows = store
    .prepare('SELECT label_set_id AS labelSetId, name, items, mapping FROM label_sets ORDER BY name')
    .all() as LabelSetRow[];
  return rows.map((row) => toLabelSet(store, row));
}

function toLabelSet(store: Store, { labelSetId, name, items, mapping }: LabelSetRow): LabelSet {
  const corpusIds = store
    .prepare('SELECT corpus_id FROM corpus_label_sets WHERE label_set_id = ? ORDER BY corpus_id')
    .pluck()
    .all(labelSetId) as number[];
  const input = { name, items: JSON.parse(items) as unknown, mapping: JSON.parse(mapping) as unknown };
  return { labelSetId, ...labelSetInputSchema.parse(input), corpusIds };
}

function getLabelSet(store: Store, labelSetId: number): LabelSet {
  const row = store
    .prepare('SELECT label_set_id AS labelSetId, name, items, mapping FROM label_sets WHERE label_set_id = ?')
    .get(labelSetId) as LabelSetRow | undefined;
  if (!row) throw new UserError('NOT_FOUND', `There is no label set ${labelSetId}.`);
  return toLabelSet(store, row);
}

/** The set that a corpus is labelled with; unless one was chosen, of the labels it has, keys 1 to 9 in their order. */
export function corpusLabelSet(store: Store, corpusId: number): LabelSet {
  getCorpus(store, corpusId);
  const chosen = store
    .prepare('SELECT label_set_id FROM corpus_label_sets WHERE corpus_id = ?')
    .pluck()
    .get(corpusId) as number | undefined;
  if (chosen !== undefined) return getLabelSet(store, chosen);
  const { name, labels } = corpusSummary(store, corpusId);
  const items = labels.map(({ label }, index) => ({
    ...{ label, colour: null, shape: null },
    key: index < NUMBER_KEYS ? String(index + 1) : null,
  }));
  return { labelSetId: null, name, items, mapping: [], corpusIds: [corpusId] };
}

/** Makes a set (`labelSetId` null) or changes one. @throws UserError NOT_FOUND; BAD_INPUT for a name, label or key used twice */
export function saveLabelSet(store: Store, labelSetId: number | null, input: LabelSetInput): LabelSet {
  const { name, items, mapping } = labelSetInputSchema.parse(input);
  refuseTwice(
    items.map(({ label }) => label),
    (label) => `"${label}" is in the set twice.`,
  );
  refuseTwice(
    items.flatMap(({ key }) => key ?? []),
    (key) => `The key ${key} sets two labels.`,
  );
  refuseTwice(
    mapping.map(({ from }) => from),
    (from) => `"${from}" is mapped twice.`,
  );
  return store.transaction(() => {
    const other = store.prepare('SELECT label_set_id FROM label_sets WHERE name = ?').pluck().get(name);
    if (other !== undefined && other !== labelSetId) {
      throw new UserError('BAD_INPUT', `There is a label set called "${name}" already.`);
    }
    const values = [name, JSON.stringify(items), JSON.stringify(mapping)];
    if (labelSetId === null) {
      const added = store
        .prepare('INSERT INTO label_sets (name, items, mapping) VALUES (?, ?, ?)')
        .run(...values);
      return getLabelSet(store, Number(added.lastInsertRowid));
    }
    store
      .prepare('UPDATE label_sets SET name = ?, items = ?, mapping = ? WHERE label_set_id = ?')
      .run(...values, labelSetId);
    return getLabelSet(store, labelSetId);
  });
}

function refuseTwice(values: readonly string[], message: (value: string) => string): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new UserError('BAD_INPUT', message(twice));
}

/** Clips keep their labels; corpora that used the set go back to the labels they have. @throws UserError NOT_FOUND */
export function removeLabelSet(store: Store, labelSetId: number): void {
  getLabelSet(store, labelSetId);
  store.prepare('DELETE FROM label_sets WHERE label_set_id = ?').run(labelSetId);
}

/** Presets a set for a corpus; null: the labels it has. @throws UserError NOT_FOUND */
export function chooseLabelSet(store: Store, corpusId: number, labelSetId: number | null): LabelSet {
  return store.transaction(() => {
    getCorpus(store, corpusId);
    if (labelSetId === null) {
      store.prepare('DELETE FROM corpus_label_sets WHERE corpus_id = ?').run(corpusId);
    } else {
      getLabelSet(store, labelSetId);
      store
        .prepare('INSERT OR REPLACE INTO corpus_label_sets (corpus_id, label_set_id) VALUES (?, ?)')
        .run(corpusId, labelSetId);
    }
    return corpusLabelSet(store, corpusId);
  });
}
