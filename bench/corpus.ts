// Answers of the engine over 100,000 and 1,000,000 synthetic clips, and the interface over them in both hosts.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClipFilter, ClipSort } from '../shared/contract/schemas.ts';
import { clipIds, clipPage } from '../main/store/clips.ts';
import { corpusSummary, crosstab } from '../main/store/corpora.ts';
import { openStore, type Store } from '../main/store/database.ts';
import { percentileOf } from '../shared/metrics/metrics.ts';
import { createRandom, type Random } from '../shared/metrics/random.ts';
import { fillCorpus, LABELS, nameOf, SPEAKERS } from './_synthetic-corpus.ts';
import { measureInterface } from './_corpus-interface.ts';

const LIMIT_MS = 50;
const ROUNDS = 60;
const PAGE = 200;

type Ask = (random: Random) => void;

/**
 * `--interface-only`, `--engine-only`, `--small` (100,000 rows alone).
 * Prints the 95th percentile of each question beside its limit; what has no limit of its own is printed as such.
 */
export async function run(args: readonly string[]): Promise<boolean> {
  let kept = true;
  const sizes = args.includes('--small') ? [100_000] : [100_000, 1_000_000];
  for (const clips of args.includes('--interface-only') ? [] : sizes) kept = askEngine(clips) && kept;
  if (!args.includes('--engine-only')) kept = (await measureInterface()) && kept;
  return kept;
}

function askEngine(clips: number): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'pathos-corpus-'));
  mkdirSync(folder, { recursive: true });
  const store = openStore(join(folder, 'studio.db'));
  try {
    const started = performance.now();
    const corpusId = fillCorpus(store, clips);
    const seconds = (performance.now() - started) / 1000;
    console.log(`\n${clips.toLocaleString('en')} clips, made in ${seconds.toFixed(0)} s`);
    let kept = true;
    for (const [what, ask] of limited(store, corpusId, clips)) kept = report(what, ask, true) && kept;
    for (const [what, ask] of unlimited(store, corpusId, clips)) report(what, ask, false);
    return kept;
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const BY_NAME: ClipSort = { key: 'path' };

function someLabel(random: Random): string {
  return LABELS[random.integer(LABELS.length)]!;
}

function someSpeaker(random: Random): string {
  return `s${random.integer(SPEAKERS)}`;
}

function someDigit(random: Random): string {
  return String(1 + random.integer(9));
}

/** The questions that have a limit, each with values of its own every time. */
function limited(store: Store, corpusId: number, clips: number): [string, Ask][] {
  const page = (filter: ClipFilter, sort: ClipSort, offset: number): void => {
    const { total, clips: rows } = clipPage(store, corpusId, filter, sort, offset, PAGE);
    if (rows.length !== Math.max(0, Math.min(PAGE, total - offset))) throw new Error('a page is not full');
  };
  const deep = clips / 2;
  return [
    [
      'filter by label and speaker, first page',
      (random) => page({ labels: [someLabel(random)], speakers: [someSpeaker(random)] }, BY_NAME, 0),
    ],
    ['substring of a name, first page', (random) => page({ search: fragment(random, clips) }, BY_NAME, 0)],
    [
      'sort by duration, first page',
      (random) => page({}, { key: 'duration', descending: random.integer(2) === 1 }, 0),
    ],
    [
      `a page ${deep.toLocaleString('en')} deep`,
      (random) =>
        page({}, { key: random.integer(2) === 0 ? 'path' : 'duration' }, deep + random.integer(1000)),
    ],
    ['cross-tab under a label', (random) => void crosstab(store, corpusId, { labels: [someLabel(random)] })],
    [
      'cross-tab under a substring',
      (random) => void crosstab(store, corpusId, { search: fragment(random, clips) }),
    ],
    [
      'two characters that utterances begin with',
      (random) => page({ search: `u${someDigit(random)}` }, BY_NAME, 0),
    ],
    ['two characters that half the speakers begin with', () => page({ search: 's1' }, BY_NAME, 0)],
    ['two characters that nothing begins with', () => page({ search: 'zz' }, BY_NAME, 0)],
    ['cross-tab under two characters', () => void crosstab(store, corpusId, { search: 's1' })],
    ['flagged as bad, first page', () => page({ marks: ['bad'] }, BY_NAME, 0)],
    [
      'label, by duration, first page',
      (random) => page({ labels: [someLabel(random)] }, { key: 'duration' }, 0),
    ],
  ];
}

/** What is asked seldom, or of nearly every clip: told without a limit. */
function unlimited(store: Store, corpusId: number, clips: number): [string, Ask][] {
  return [
    [
      'a label, half-way down',
      (random) =>
        void clipPage(
          store,
          corpusId,
          { labels: [someLabel(random)] },
          { key: 'duration' },
          clips / 16,
          PAGE,
        ),
    ],
    ['substring of every name', () => void clipPage(store, corpusId, { search: '.wav' }, BY_NAME, 0, PAGE)],
    [
      'relabelled, 3 % of the clips',
      () => void clipPage(store, corpusId, { marks: ['relabelled'] }, BY_NAME, 0, PAGE),
    ],
    ['ids for select-all (100,000)', () => void clipIds(store, corpusId, {}, BY_NAME, { limit: 100_000 })],
    ['corpus summary', () => void corpusSummary(store, corpusId)],
  ];
}

/** Five characters of a name that there is. */
function fragment(random: Random, clips: number): string {
  const name = nameOf(random.integer(clips));
  const start = name.lastIndexOf('/') + 1 + random.integer(4);
  return name.slice(start, start + 6);
}

function report(what: string, ask: Ask, hasLimit: boolean): boolean {
  const random = createRandom(7, what);
  ask(random);
  const times = Array.from({ length: hasLimit ? ROUNDS : 10 }, () => {
    const started = performance.now();
    ask(random);
    return performance.now() - started;
  });
  const [median, p95] = [percentileOf(times, 0.5), percentileOf(times, 0.95)];
  const verdict = hasLimit ? `, limit ${LIMIT_MS}: ${p95 < LIMIT_MS ? 'pass' : 'short'}` : ', no limit';
  console.log(`  ${what}: median ${median.toFixed(1)}, p95 ${p95.toFixed(1)} ms${verdict}`);
  return p95 < LIMIT_MS;
}
