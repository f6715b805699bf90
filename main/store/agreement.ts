// Agreement of the raters of a corpus, clips on which they disagree, and what ends a disagreement.
import { UserError } from '../../shared/contract/errors.ts';
import type {
  Agreement,
  ClipFilter,
  Disagreement,
  OwnLabel,
  ResolveResult,
  Saw,
} from '../../shared/contract/schemas.ts';
import {
  cohensKappa,
  fleissKappa,
  krippendorffsAlpha,
  majority,
  observedAgreement,
} from '../../shared/labels/agreement.ts';
import { orderLabels } from '../../shared/labels/emotions.ts';
import { clipIds, getClips } from './clips.ts';
import { getCorpus } from './corpora.ts';
import type { Store } from './database.ts';
import { corpusOfClips, labelResult, labelState, refuseUnseenClips } from './labels.ts';
import { appendDecision, type DecisionInfo } from './ledger.ts';
import { ownLabels, ownLabelsOfClips } from './raters.ts';

export interface AgreementOptions {
  /** Default: all who have rated a clip. */
  readonly raters?: readonly string[] | undefined;
  readonly filter?: ClipFilter;
  /** The corpus's own labels as one more rater. */
  readonly corpusLabels?: boolean;
  readonly blindOnly?: boolean;
}

/** A rating as agreement counts it; `rater` null: the corpus. */
interface Rating {
  readonly clipId: number;
  readonly rater: string | null;
  readonly label: string;
}

/** @throws UserError NOT_FOUND for an unknown corpus */
export function agreement(store: Store, corpusId: number, options: AgreementOptions): Agreement {
  const ratings = ratingsOf(store, corpusId, options);
  const raters = [...Map.groupBy(ratings, ({ rater }) => rater)].map(([rater, rows]) => ({
    rater,
    clips: rows.length,
  }));
  const labels = orderLabels(ratings.map(({ label }) => label));
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const items = [...Map.groupBy(ratings, ({ clipId }) => clipId).values()].filter((rows) => rows.length > 1);
  const complete = items.filter((rows) => rows.length === raters.length);
  const count = (rows: readonly Rating[]): number[] => {
    const counts = labels.map(() => 0);
    for (const { label } of rows) counts[indexOf.get(label)!]! += 1;
    return counts;
  };
  return {
    raters,
    labels,
    clips: items.length,
    completeClips: complete.length,
    pairs: pairsOf(
      raters.map(({ rater }) => rater),
      items,
      indexOf,
    ),
    fleissKappa: fleissKappa(complete.map(count)),
    krippendorffsAlpha: krippendorffsAlpha(items.map(count)),
  };
}

function pairsOf(
  raters: readonly (string | null)[],
  items: readonly (readonly Rating[])[],
  indexOf: ReadonlyMap<string, number>,
): Agreement['pairs'] {
  const byRater = items.map((rows) => new Map(rows.map(({ rater, label }) => [rater, indexOf.get(label)!])));
  return raters.flatMap((first, i) =>
    raters.slice(i + 1).map((second) => {
      const counts = [...indexOf].map(() => [...indexOf].map(() => 0));
      let clips = 0;
      for (const labels of byRater) {
        const [a, b] = [labels.get(first), labels.get(second)];
        if (a === undefined || b === undefined) continue;
        counts[a]![b]! += 1;
        clips += 1;
      }
      const measures = { agreement: observedAgreement(counts), cohensKappa: cohensKappa(counts) };
      return { raters: [first, second] as [string | null, string | null], clips, ...measures, counts };
    }),
  );
}

/** Every rating that says a label, by clip; the raters in the order of their names, the corpus last. */
function ratingsOf(store: Store, corpusId: number, options: AgreementOptions): Rating[] {
  const { blindOnly, corpusLabels } = options;
  const own = chosenLabels(store, corpusId, options).filter(({ blind }) => blind || !blindOnly);
  const ratings: Rating[] = own
    .flatMap(({ clipId, rater, label }) => (label === null ? [] : [{ clipId, rater, label }]))
    .sort((a, b) => (a.rater < b.rater ? -1 : Number(a.rater > b.rater)));
  if (corpusLabels) {
    const rated = [...new Set(ratings.map(({ clipId }) => clipId))];
    for (const { clipId, importedLabel } of getClips(store, rated)) {
      if (importedLabel !== null) ratings.push({ clipId, rater: null, label: importedLabel });
    }
  }
  return ratings;
}

/** Own labels of the chosen raters, of clips under the filter. */
function chosenLabels(store: Store, corpusId: number, { raters, filter }: AgreementOptions): OwnLabel[] {
  getCorpus(store, corpusId);
  const chosen = raters && new Set(raters);
  const own = ownLabels(store, corpusId).filter(({ rater }) => chosen?.has(rater) ?? true);
  if (!filter) return own;
  const fitting = new Set(clipIds(store, corpusId, filter, { key: 'path' }));
  return own.filter(({ clipId }) => fitting.has(clipId));
}

interface Divided {
  readonly clipId: number;
  readonly labels: readonly OwnLabel[];
  readonly majority: string | null;
  /** Share of the raters who gave the most frequent label: the smaller, the more divided. */
  readonly unity: number;
  readonly reopened: boolean;
}

/**
 * Clips that raters label differently ("unsure" differs from nothing) and that no resolution has ended, the most
 * divided first, then in the order of indexing.
 */
export function disagreements(
  store: Store,
  corpusId: number,
  options: AgreementOptions,
  page: { readonly offset: number; readonly limit: number },
): { total: number; rows: Disagreement[] } {
  const byClip = Map.groupBy(chosenLabels(store, corpusId, options), ({ clipId }) => clipId);
  const resolutions = resolutionsOf(store, corpusId);
  const divided = [...byClip]
    .flatMap(([clipId, labels]) => divide(clipId, labels, resolutions.get(clipId)))
    .sort((a, b) => a.unity - b.unity || a.clipId - b.clipId);
  const shown = divided.slice(page.offset, page.offset + page.limit);
  const clips = new Map(
    getClips(
      store,
      shown.map(({ clipId }) => clipId),
    ).map((clip) => [clip.clipId, clip]),
  );
  return {
    total: divided.length,
    rows: shown.map(({ clipId, labels, majority: most, reopened }) => ({
      clip: clips.get(clipId)!,
      labels: [...labels],
      majority: most,
      reopened,
    })),
  };
}

function divide(clipId: number, own: readonly OwnLabel[], resolution: Resolution | undefined): Divided[] {
  const labels = own.map(({ label }) => label).filter((label) => label !== null);
  const counts = [...Map.groupBy(labels, (label) => label).values()].map((equal) => equal.length);
  if (counts.length < 2) return [];
  const reopened =
    resolution !== undefined &&
    own.some(({ eventId, label }) => eventId > resolution.eventId && label !== resolution.label);
  if (resolution && !reopened) return [];
  const unity = Math.max(...counts) / labels.length;
  return [{ clipId, labels: own, majority: majority(labels), unity, reopened }];
}

interface Resolution {
  readonly clipId: number;
  readonly eventId: number;
  readonly label: string | null;
}

/** The resolution that holds, of every resolved clip. */
function resolutionsOf(store: Store, corpusId: number): Map<number, Resolution> {
  const rows = store
    .prepare(
      `SELECT c.clip_id AS clipId, max(e.event_id) AS eventId, c.label
       FROM clips c JOIN label_events e ON e.clip_id = c.clip_id AND e.segment_id IS NULL
       JOIN decisions d ON d.decision_id = e.decision_id AND d.kind = 'resolve'
       JOIN decision_states s ON s.decision_id = d.decision_id AND s.state = 'active'
       WHERE c.corpus_id = ? AND c.resolved = 1
         AND NOT EXISTS (SELECT 1 FROM reverted_events r WHERE r.event_id = e.event_id)
       GROUP BY c.clip_id`,
    )
    .all(corpusId) as Resolution[];
  return new Map(rows.map((row) => [row.clipId, row]));
}

/** How a disagreement ends. */
export type ResolveBy =
  | { readonly method: 'majority' }
  | { readonly method: 'expert'; readonly label: string | null }
  | { readonly method: 'labels-of'; readonly expert: string };

/**
 * One decision that gives clips the label which holds from now on. Clips without a majority, or without a label of
 * the named expert's, are left as they are and told; where none is left there is no decision.
 * @throws UserError as decideLabels
 */
export function resolveLabels(
  store: Store,
  ids: readonly number[],
  by: ResolveBy,
  info: DecisionInfo & { readonly saw?: Saw },
): ResolveResult {
  return store.transaction(() => {
    const clips = [...new Set(ids)];
    const corpusId = corpusOfClips(store, clips);
    if (info.saw !== undefined) refuseUnseenClips(store, ids, info.saw, info.rater);
    const labels = resolvedLabels(store, clips, by);
    const unresolved = clips.filter((clipId) => !labels.has(clipId));
    if (labels.size === 0) {
      const none = { decisionId: null, clips: [], segments: [], goneSegmentIds: [], unresolved };
      return { ...none, ...labelState(store, corpusId, info.rater), savedAt: new Date().toISOString() };
    }
    const events = [...labels].map(([clipId, label]) => ({
      ...{ clipId, segmentId: null },
      changes: { label, secondaryLabel: null, confidence: null },
    }));
    const reason = info.reason ?? REASONS[by.method](by);
    const decisionId = appendDecision(store, { ...info, reason, corpusId, kind: 'resolve', events });
    return { ...labelResult(store, corpusId, info.rater, decisionId), unresolved };
  });
}

/** What the ledger says of a resolution where nobody gave a reason. */
const REASONS: Record<ResolveBy['method'], (by: ResolveBy) => string | null> = {
  majority: () => 'majority of the raters',
  expert: () => null,
  'labels-of': (by) => (by.method === 'labels-of' ? `labels of ${by.expert}` : null),
};

function resolvedLabels(store: Store, ids: readonly number[], by: ResolveBy): Map<number, string | null> {
  if (by.method === 'expert') return new Map(ids.map((clipId) => [clipId, by.label]));
  const own = ownLabelsOfClips(store, ids);
  if (by.method === 'labels-of') {
    const labels = own.filter(({ rater }) => rater === by.expert);
    if (labels.length === 0) throw new UserError('BAD_INPUT', `${by.expert} has rated none of these clips.`);
    return new Map(labels.map(({ clipId, label }) => [clipId, label]));
  }
  const byClip = Map.groupBy(own, ({ clipId }) => clipId);
  return new Map(
    ids.flatMap((clipId) => {
      const labels = (byClip.get(clipId) ?? []).map(({ label }) => label).filter((label) => label !== null);
      const most = majority(labels);
      return most === null ? [] : [[clipId, most] as const];
    }),
  );
}
