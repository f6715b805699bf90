// Named snapshots of a corpus's labels: kept whole, compared, found again by the runs that were trained on them.
import { UserError } from '../../shared/contract/errors.ts';
import type { NamedVersion, VersionComparison } from '../../shared/contract/schemas.ts';
import { getCorpus } from './corpora.ts';
import type { Store } from './database.ts';
import { labelVersion } from './label-version.ts';
import { addRater } from './ledger.ts';

interface VersionRow extends Omit<NamedVersion, 'labelVersion' | 'runIds' | 'current'> {
  version: number;
  hash: string;
}

const COLUMNS = `
  named_version_id AS namedVersionId, corpus_id AS corpusId, name, note, rater, at, version, hash, clips`;

/** Newest first. @throws UserError NOT_FOUND for an unknown corpus */
export function listVersions(store: Store, corpusId: number): NamedVersion[] {
  getCorpus(store, corpusId);
  const rows = store
    .prepare(`SELECT ${COLUMNS} FROM named_versions WHERE corpus_id = ? ORDER BY named_version_id DESC`)
    .all(corpusId) as VersionRow[];
  const { hash } = labelVersion(store, corpusId);
  return rows.map((row) => toVersion(store, row, hash));
}

function toVersion(store: Store, { version, hash, ...row }: VersionRow, currentHash: string): NamedVersion {
  const runIds = store
    .prepare('SELECT run_id FROM runs WHERE corpus_id = ? AND label_hash = ? ORDER BY run_id')
    .pluck()
    .all(row.corpusId, hash) as number[];
  return { ...row, labelVersion: { version, hash }, runIds, current: hash === currentHash };
}

function getVersion(store: Store, namedVersionId: number): NamedVersion {
  const row = store
    .prepare(`SELECT ${COLUMNS} FROM named_versions WHERE named_version_id = ?`)
    .get(namedVersionId) as VersionRow | undefined;
  if (!row) throw new UserError('NOT_FOUND', `There is no label version ${namedVersionId}.`);
  return toVersion(store, row, labelVersion(store, row.corpusId).hash);
}

export interface VersionWords {
  readonly name: string;
  readonly note: string | null;
}

/** Keeps the labels of good clips as they are now. @throws UserError NOT_FOUND; BAD_INPUT for a name in use */
export function createVersion(
  store: Store,
  corpusId: number,
  { name, note }: VersionWords,
  rater: string,
): NamedVersion {
  return store.transaction(() => {
    getCorpus(store, corpusId);
    refuseUsedName(store, corpusId, name, null);
    addRater(store, rater);
    const { version, hash } = labelVersion(store, corpusId);
    const id = Number(
      store
        .prepare(
          `INSERT INTO named_versions (corpus_id, name, note, rater, at, version, hash, clips)
           SELECT ?, ?, ?, ?, ?, ?, ?, count(*) FROM clips
           WHERE corpus_id = ? AND state = 'good' AND label IS NOT NULL`,
        )
        .run(corpusId, name, note, rater, new Date().toISOString(), version, hash, corpusId).lastInsertRowid,
    );
    store
      .prepare(
        `INSERT INTO named_version_labels (named_version_id, clip_id, label)
         SELECT ?, clip_id, label FROM clips WHERE corpus_id = ? AND state = 'good' AND label IS NOT NULL`,
      )
      .run(id, corpusId);
    return getVersion(store, id);
  });
}

/** @throws UserError NOT_FOUND; BAD_INPUT for a name in use */
export function renameVersion(
  store: Store,
  namedVersionId: number,
  { name, note }: VersionWords,
): NamedVersion {
  return store.transaction(() => {
    const { corpusId } = getVersion(store, namedVersionId);
    refuseUsedName(store, corpusId, name, namedVersionId);
    store
      .prepare('UPDATE named_versions SET name = ?, note = ? WHERE named_version_id = ?')
      .run(name, note, namedVersionId);
    return getVersion(store, namedVersionId);
  });
}

function refuseUsedName(store: Store, corpusId: number, name: string, own: number | null): void {
  const other = store
    .prepare('SELECT named_version_id FROM named_versions WHERE corpus_id = ? AND name = ?')
    .pluck()
    .get(corpusId, name);
  if (other !== undefined && other !== own) {
    throw new UserError('BAD_INPUT', `There is a version called "${name}" already.`);
  }
}

const OF_VERSION = 'SELECT clip_id, label FROM named_version_labels WHERE named_version_id = @side';
const OF_NOW = `SELECT clip_id, label FROM clips WHERE corpus_id = @side AND state = 'good' AND label IS NOT NULL`;

/**
 * What changed from one version to another of the same corpus, or to the labels of now (`after` null).
 * @param limit how many changed clips are named, by path
 * @throws UserError NOT_FOUND; BAD_INPUT for versions of two corpora
 */
export function compareVersions(
  store: Store,
  before: number,
  after: number | null,
  limit: number,
): VersionComparison {
  const { corpusId } = getVersion(store, before);
  if (after !== null && getVersion(store, after).corpusId !== corpusId) {
    throw new UserError('BAD_INPUT', 'Only versions of one corpus are compared.');
  }
  const sides = `
    WITH a AS (${OF_VERSION.replace('@side', '@before')}),
      b AS (${(after === null ? OF_NOW : OF_VERSION).replace('@side', '@after')}),
      both AS (SELECT clip_id, a.label AS before, b.label AS after FROM a FULL JOIN b USING (clip_id))`;
  const values = { before, after: after ?? corpusId };
  const moves = store
    .prepare(
      `${sides} SELECT before, after, count(*) AS clips FROM both GROUP BY 1, 2 ORDER BY clips DESC, 1, 2`,
    )
    .all(values) as VersionComparison['moves'];
  const clips = store
    .prepare(
      `${sides} SELECT clip_id AS clipId, path, before, after FROM both JOIN clips USING (clip_id)
       WHERE before IS NOT after ORDER BY path LIMIT @limit`,
    )
    .all({ ...values, limit }) as VersionComparison['clips'];
  const changed = moves.filter((move) => move.before !== move.after);
  const count = (rows: VersionComparison['moves']): number => rows.reduce((sum, row) => sum + row.clips, 0);
  return { changed: count(changed), unchanged: count(moves) - count(changed), moves: changed, clips };
}
