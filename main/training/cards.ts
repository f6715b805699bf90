// Protocol cards: written from a run, and held against one.
import { createHash } from 'node:crypto';
import type { CardMatch, ProtocolCard, RunDetail } from '../../shared/contract/schemas.ts';
import { canonicalJson } from '../../shared/recipe/recipe.ts';
import { getCorpus } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import * as runStore from '../store/runs.ts';

/** The card of a run as it stands. @param detail of the same run */
export function protocolCard(store: Store, run: runStore.StoredRun, detail: RunDetail): ProtocolCard {
  const clips = runStore.runClips(store, run.runId);
  const { scores } = detail;
  return {
    format: 'pathos-protocol-card',
    formatVersion: 1,
    name: run.name,
    createdAt: run.createdAt,
    state: detail.state,
    corpus: { name: run.corpusName, synthetic: run.synthetic, ...contentOf(clips, run.corpusId) },
    testCorpus: testCorpusOf(store, run, clips),
    labels: [...run.labels],
    labelVersion: run.labelVersion,
    recipe: run.recipe,
    split: run.split,
    seed: run.seed,
    keepFlagged: run.keepFlagged,
    backend: run.backend,
    path: run.path,
    threads: run.threads,
    versions: run.versions,
    protocol: detail.protocol,
    leakage: detail.leakage,
    figures: {
      clips: scores?.clips ?? 0,
      speakers: scores?.speakers ?? 0,
      foldsDone: detail.foldsDone,
      uar: detail.uar,
      uarInterval: detail.uarInterval,
      accuracy: detail.accuracy,
      accuracyInterval: detail.accuracyInterval,
      macroF1: scores?.macroF1.value ?? null,
      ece: scores?.ece.value ?? null,
      confusion: scores?.confusion ?? null,
    },
  };
}

function testCorpusOf(
  store: Store,
  { split, labels }: runStore.StoredRun,
  clips: readonly runStore.RunClip[],
): ProtocolCard['testCorpus'] {
  if (split.name !== 'cross-corpus') return null;
  const own = clips.filter(({ corpusId }) => corpusId === split.testCorpusId);
  return {
    name: getCorpus(store, split.testCorpusId).name,
    ...contentOf(clips, split.testCorpusId),
    labelHash: hashByPath(own, ({ path, label }) => `${labels[label]!} ${path}`),
  };
}

/** The clips of a corpus: SHA-256 over a line a clip, `<content hash> <path>`. */
function contentOf(clips: readonly runStore.RunClip[], corpusId: number): { clips: number; hash: string } {
  const own = clips.filter((clip) => clip.corpusId === corpusId);
  return {
    clips: own.length,
    hash: hashByPath(own, ({ contentHash, path }) => `${contentHash ?? ''} ${path}`),
  };
}

/** SHA-256 over a line a clip, in the order of paths. */
function hashByPath(clips: readonly runStore.RunClip[], line: (clip: runStore.RunClip) => string): string {
  const hash = createHash('sha256');
  for (const clip of clips.toSorted((a, b) => (a.path < b.path ? -1 : 1))) hash.update(`${line(clip)}\n`);
  return hash.digest('hex');
}

const TEST_LABELS = 'labels of the test corpus';

/** What a result hangs on, and what came out: in the words and the order of a report. */
const COMPARED: readonly (readonly [string, (card: ProtocolCard) => unknown])[] = [
  ['corpus', ({ corpus }) => corpus.hash],
  ['test corpus', ({ testCorpus }) => testCorpus?.hash ?? null],
  [TEST_LABELS, ({ testCorpus }) => testCorpus?.labelHash ?? null],
  ['labels', ({ labels }) => labels],
  ['label version', ({ labelVersion }) => labelVersion.hash],
  ['recipe', ({ recipe }) => recipe],
  ['split', ({ split }) => (split.name === 'cross-corpus' ? { ...split, testCorpusId: null } : split)],
  ['seed', ({ seed }) => seed],
  ['flagged clips', ({ keepFlagged }) => (keepFlagged ? 'kept' : 'left out')],
  ['backend', ({ backend }) => backend],
  ['path', ({ path }) => path],
  ['clips scored', ({ figures }) => figures.clips],
  ['folds done', ({ figures }) => figures.foldsDone],
  ['UAR', ({ figures }) => figures.uar],
  ['UAR interval', ({ figures }) => figures.uarInterval],
  ['accuracy', ({ figures }) => figures.accuracy],
  ['accuracy interval', ({ figures }) => figures.accuracyInterval],
  ['macro F1', ({ figures }) => figures.macroF1],
  ['ECE', ({ figures }) => figures.ece],
  ['confusion', ({ figures }) => figures.confusion],
];

/** Where two cards differ: nowhere, where the second repeats the first to the last digit. */
export function matchCards(card: ProtocolCard, run: ProtocolCard): CardMatch {
  const differences = COMPARED.flatMap(([what, of]) => {
    const [asked, got] = [canonicalJson(of(card)), canonicalJson(of(run))];
    // What a card of an earlier version does not tell cannot differ.
    if (what === TEST_LABELS && card.testCorpus?.labelHash === undefined) return [];
    return asked === got ? [] : [{ what, card: asked, run: got }];
  });
  return { matches: differences.length === 0, differences };
}
