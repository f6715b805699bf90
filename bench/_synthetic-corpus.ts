// A corpus of any size without a file: rows as an indexing writes them, speakers, labels, names and texts made up.
import type { Store } from '../main/store/database.ts';
import { saveCorpus } from '../main/store/corpora.ts';
import { createRandom } from '../shared/metrics/random.ts';

export const LABELS = ['anger', 'boredom', 'disgust', 'fear', 'happiness', 'neutral', 'sadness'];
export const SPEAKERS = 200;
const UTTERANCES = 500;

/** Path of the clip of that number: its last part is unlike any other's. */
export function nameOf(number: number): string {
  const label = LABELS[number % LABELS.length]!;
  const speaker = String((number * 7919) % SPEAKERS).padStart(3, '0');
  const utterance = `u${String((number * 104_729) % UTTERANCES).padStart(3, '0')}`;
  return `${label}/s${speaker}_${utterance}_${number.toString(36).padStart(5, '0')}.wav`;
}

interface Schema {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/**
 * Writes `clips` rows into a new corpus; returns its id. Indexes and triggers are put aside meanwhile and back as the
 * schema has them; what the triggers would have derived is derived in one go.
 * @param folder the corpus's, which need not be there
 */
export function fillCorpus(store: Store, clips: number, folder = '/synthetic'): number {
  const corpusId = saveCorpus(store, {
    ...{ folder, name: 'Synthetic rows', adapter: 'folders', synthetic: true, table: null },
  });
  const aside = store.db
    .prepare(
      `SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'clips' AND sql IS NOT NULL AND type IN ('index', 'trigger')`,
    )
    .all() as Schema[];
  for (const { type, name } of aside) store.db.exec(`DROP ${type} ${name}`);
  store.transaction(() => writeRows(store, corpusId, clips));
  for (const { sql } of aside) store.db.exec(sql);
  store.db.exec(`
    INSERT INTO clip_counts
    SELECT corpus_id, coalesce(speaker, ''), coalesce(sex, ''), coalesce(label, ''), coalesce(imported_label, ''),
      rater IS NOT NULL, sample_rate_hz, count(*), sum(CAST(round(duration_seconds * 1e6) AS INTEGER))
    FROM clips WHERE state = 'good' GROUP BY 1, 2, 3, 4, 5, 6, 7;
    INSERT INTO clip_text (rowid, search) SELECT clip_id, search FROM clips;
    UPDATE corpora SET indexed_at = '2020-01-01T00:00:00.000Z';
    ANALYZE;`);
  return corpusId;
}

function writeRows(store: Store, corpusId: number, clips: number): void {
  const insert = store.prepare(
    `INSERT INTO clips (corpus_id, path, state, speaker, sex, label, imported_label, rater, duration_seconds, utterance,
       text, search, sample_rate_hz, channels, encoding, size_bytes, modified_ms, content_hash, added_at)
     VALUES (?, ?, 'good', ?, ?, ?, ?, ?, ?, ?, ?, ?, 16000, 1, '16-bit PCM', 64000, 1, ?, '2020-01-01T00:00:00.000Z')`,
  );
  const random = createRandom(1, 'synthetic corpus');
  for (let number = 0; number < clips; number++) {
    const path = nameOf(number);
    const speaker = (number * 7919) % SPEAKERS;
    const utterance = `u${(number * 104_729) % UTTERANCES}`;
    const text = `sentence ${utterance} of the list`;
    const label = LABELS[number % LABELS.length]!;
    const current = random.uniform() < 0.03 ? null : label;
    const rater = random.uniform() < 0.1 ? 'ann' : null;
    const sex = speaker % 2 === 0 ? 'female' : 'male';
    const search = `${path}\n${utterance}\n${text}`;
    const hash = number.toString(16).padStart(64, '0');
    insert.run(
      corpusId,
      path,
      `s${speaker}`,
      sex,
      current,
      label,
      rater,
      1 + random.uniform() * 8,
      utterance,
      text,
      search,
      hash,
    );
  }
}
