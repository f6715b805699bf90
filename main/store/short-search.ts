// Looks for one or two characters among very many clips: where speakers begin with them, else utterances, else file names.
import { STEM } from './clip-stem.ts';
import type { Store } from './database.ts';

/** Up to so many clips every name is looked through for any substring, which takes about 35 ms (measured). */
export const MOST_LOOKED_THROUGH = 50_000;
/** No text that begins with another comes after that one followed by this. */
const LAST = '\u{10FFFF}';

/** Part of a condition with its bound values. */
export interface Part {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

export interface Beginning {
  /** What begins so, as a stretch of an index. */
  readonly part: Part;
  /** The same for a walk over clips in an order of their own. */
  readonly walked: Part;
  /** Whether it is about speakers, by whom clips are counted already. */
  readonly ofSpeakers: boolean;
  /** How many clips, as far as they were counted. */
  readonly clips: number;
}

/**
 * The first of speaker, utterance and file name that any clip has beginning so; the file name where none has.
 * @param search one or two characters as `lower` writes a text to be searched
 * @param most clips are counted up to so many: more are many
 */
export function beginning(
  store: Store,
  corpusId: number,
  search: string,
  lower: (text: string) => string,
  most: number,
): Beginning {
  const speakers = store
    .prepare('SELECT DISTINCT speaker FROM clip_counts WHERE corpus_id = ? AND clips > 0')
    .pluck()
    .all(corpusId) as string[];
  const named = speakers.filter((speaker) => lower(speaker).startsWith(search));
  if (named.length > 0) {
    const part = { sql: `speaker IN (${named.map(() => '?').join(', ')})`, values: named };
    return { part, walked: part, ofSpeakers: true, clips: most };
  }
  const count = ({ sql, values }: Part, upTo: number): number =>
    store
      .prepare(
        `SELECT count(*) FROM
           (SELECT 1 FROM clips WHERE state = 'good' AND corpus_id = ? AND ${sql} LIMIT ${upTo})`,
      )
      .pluck()
      .get(corpusId, ...values) as number;
  // One stretch where it can be: SQLite goes through two of an index far more slowly than through one.
  const said = spellings(search).filter((start) => count(stretches('utterance', [start]).part, 1) > 0);
  const ways = said.length > 0 ? stretches('utterance', said) : stretches(STEM, [search]);
  return { ...ways, ofSpeakers: false, clips: count(ways.part, most) };
}

function stretches(column: string, starts: readonly string[]): Pick<Beginning, 'part' | 'walked'> {
  const values = starts.flatMap((start) => [start, start + LAST]);
  const all = (plus: string): string =>
    starts.map(() => `(${plus}${column} >= ? AND ${plus}${column} < ?)`).join(' OR ');
  const part = all('');
  return {
    part: { sql: starts.length > 1 ? `(${part})` : part, values },
    walked: { sql: `(${all('+')})`, values },
  };
}

/** An utterance stands as the corpus writes it: small, capital, or with a capital first letter. */
function spellings(search: string): string[] {
  const [first = '', ...rest] = search;
  return [...new Set([search, search.toUpperCase(), first.toUpperCase() + rest.join('')])];
}
