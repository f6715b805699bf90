// What listening to every clip once has told, kept by content; and the flags of clips that follow from it.
import type { ClipCheck, ClipFlag, CorpusReport, Duplicates } from '../../shared/contract/schemas.ts';
import type { Store } from './database.ts';

/** What one listening told. Magnitudes at full scale 1; `fault`: why the data broke off, as a clause about the file. */
export interface AudioCheck {
  readonly peak: number;
  /** Root mean square of the loudest 20 ms. */
  readonly loudest: number;
  /** Samples in runs of at least three at full scale. */
  readonly clippedSamples: number;
  readonly fault: string | null;
}

/** A clip nobody would hear: its loudest 20 ms stay under -50 dB of full scale. */
const SILENT_BELOW = 10 ** (-50 / 20);
const LEAST_DB = -120;
const MOST_GROUPS = 200;
const MOST_DOUBLES = 10;

/** A good clip whose content nobody has listened to. */
export interface UncheckedClip {
  readonly contentHash: string;
  readonly path: string;
}

/** Contents of a corpus still to be listened to, one path each, in the order of paths. */
export function uncheckedClips(store: Store, corpusId: number): UncheckedClip[] {
  return store
    .prepare(
      `SELECT content_hash AS contentHash, min(path) AS path FROM clips
       WHERE corpus_id = ? AND state = 'good' AND content_hash IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM audio_checks WHERE audio_checks.content_hash = clips.content_hash)
       GROUP BY content_hash ORDER BY 2`,
    )
    .all(corpusId) as UncheckedClip[];
}

/** Keeps what was heard, in one transaction. */
export function saveChecks(
  store: Store,
  checks: readonly { readonly contentHash: string; readonly check: AudioCheck }[],
): void {
  const save = store.prepare(
    `INSERT INTO audio_checks (content_hash, peak, loudest, clipped_samples, fault)
     VALUES (@contentHash, @peak, @loudest, @clippedSamples, @fault)
     ON CONFLICT DO UPDATE SET peak = excluded.peak, loudest = excluded.loudest,
       clipped_samples = excluded.clipped_samples, fault = excluded.fault`,
  );
  store.transaction(() => {
    for (const { contentHash, check } of checks) save.run({ contentHash, ...check });
  });
}

/** Derives the flags of a corpus's clips anew from contents and checks. */
export function flagClips(store: Store, corpusId: number): void {
  const flag = (name: ClipFlag, condition: string): void => {
    store
      .prepare(
        `INSERT INTO clip_flags (corpus_id, flag, clip_id)
         SELECT corpus_id, '${name}', clip_id FROM clips JOIN audio_checks USING (content_hash)
         WHERE corpus_id = ? AND state = 'good' AND ${condition}`,
      )
      .run(corpusId);
  };
  store.transaction(() => {
    store.prepare('DELETE FROM clip_flags WHERE corpus_id = ?').run(corpusId);
    flag('clipped', 'clipped_samples > 0');
    flag('silent', `fault IS NULL AND loudest < ${SILENT_BELOW}`);
    flag('broken', 'fault IS NOT NULL');
    store
      .prepare(
        `INSERT INTO clip_flags (corpus_id, flag, clip_id)
         SELECT corpus_id, 'duplicate', clip_id FROM clips
         WHERE corpus_id = @corpusId AND state = 'good' AND content_hash IN (
           SELECT content_hash FROM clips WHERE corpus_id = @corpusId AND state = 'good' AND content_hash IS NOT NULL
           GROUP BY content_hash HAVING count(*) > 1)`,
      )
      .run({ corpusId });
  });
}

/** What listening has told of one clip, and where its content lies too. */
export function clipCheck(store: Store, clipId: number): ClipCheck {
  const row = store
    .prepare(
      `SELECT peak, loudest, clipped_samples AS clippedSamples, fault
       FROM clips JOIN audio_checks USING (content_hash) WHERE clip_id = ?`,
    )
    .get(clipId) as AudioCheck | undefined;
  const duplicates = store
    .prepare(
      `SELECT other.clip_id AS clipId, other.path, other.label FROM clips AS own
       JOIN clips AS other USING (corpus_id, content_hash)
       WHERE own.clip_id = ? AND own.state = 'good' AND other.state = 'good' AND other.clip_id <> own.clip_id
       ORDER BY other.path LIMIT ${MOST_DOUBLES}`,
    )
    .all(clipId) as ClipCheck['duplicates'];
  if (!row) return { audio: null, duplicates };
  const { peak, loudest, clippedSamples, fault } = row;
  return {
    audio: { peakDb: decibels(peak), loudestDb: decibels(loudest), clippedSamples, fault },
    duplicates,
  };
}

/** The part of a corpus's report that its clips alone do not tell. */
export function checkCounts(
  store: Store,
  corpusId: number,
): Pick<CorpusReport, 'checked' | 'clipped' | 'silent' | 'broken' | 'duplicates' | 'duplicateGroups'> {
  const flagged = store.prepare('SELECT count(*) FROM clip_flags WHERE corpus_id = ? AND flag = ?').pluck();
  const count = (flag: ClipFlag): number => flagged.get(corpusId, flag) as number;
  const checked = store
    .prepare(
      `SELECT count(*) FROM clips JOIN audio_checks USING (content_hash) WHERE corpus_id = ? AND state = 'good'`,
    )
    .pluck()
    .get(corpusId) as number;
  const duplicateGroups = store
    .prepare(
      `SELECT count(DISTINCT content_hash) FROM clip_flags JOIN clips USING (clip_id)
       WHERE clip_flags.corpus_id = ? AND flag = 'duplicate'`,
    )
    .pluck()
    .get(corpusId) as number;
  return {
    ...{ checked, duplicateGroups },
    clipped: count('clipped'),
    silent: count('silent'),
    broken: count('broken'),
    duplicates: count('duplicate'),
  };
}

type DuplicateRow = Duplicates['groups'][number]['clips'][number] & { contentHash: string };

/** Good clips that hold the same, by group; groups whose labels differ first, then by path. */
export function duplicateGroups(store: Store, corpusId: number): Duplicates {
  const rows = store
    .prepare(
      `SELECT clip_id AS clipId, path, speaker, label, content_hash AS contentHash
       FROM clip_flags JOIN clips USING (clip_id)
       WHERE clip_flags.corpus_id = ? AND flag = 'duplicate' ORDER BY path`,
    )
    .all(corpusId) as DuplicateRow[];
  const groups = [...Map.groupBy(rows, (row) => row.contentHash).values()].map((members) => ({
    disagree: members.some(({ label }) => label !== members[0]!.label),
    clips: members.map(({ contentHash: _, ...clip }) => clip),
  }));
  groups.sort((a, b) => Number(b.disagree) - Number(a.disagree));
  return { groups: groups.slice(0, MOST_GROUPS), total: groups.length };
}

/** dB of full scale, not below -120. */
function decibels(magnitude: number): number {
  return Math.max(LEAST_DB, 20 * Math.log10(magnitude));
}
