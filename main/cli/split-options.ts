// A split as it was typed: what cannot be meant is told before anything is opened.
import type { SplitName, SplitSpec } from '../../shared/contract/schemas.ts';
import { splitSpecSchema } from '../../shared/protocol/split.ts';
import { inOneLine, openCorpus, UsageError } from './commands.ts';
import type { LocalClient } from './local-engine.ts';

export interface SplitOptions {
  readonly split: SplitName;
  readonly folds?: number;
  readonly share?: number;
  /** Speakers, with commas between them. */
  readonly holdOut?: string;
  /** Folder of the corpus that a cross-corpus run is tested on. */
  readonly testCorpus?: string;
  /** `wut=anger,neutral=`: from the test corpus's labels to this one's. */
  readonly labelMap?: string;
}

type LabelMap = Readonly<Record<string, string | null>>;

/** A split with its settings; one across corpora with the folder of the other, which is not open yet. */
export type TypedSplit =
  | Exclude<SplitSpec, { name: 'cross-corpus' }>
  | { readonly name: 'cross-corpus'; readonly folder: string; readonly labelMap: LabelMap };

/** Which option belongs to which splits: one that would be ignored is a mistake worth telling. */
const SPLIT_OPTIONS = {
  folds: ['grouped-k-fold', 'random-k-fold'],
  share: ['hold-out-speakers', 'random'],
  holdOut: ['hold-out-speakers'],
  testCorpus: ['cross-corpus'],
  labelMap: ['cross-corpus'],
} as const satisfies Partial<Record<keyof SplitOptions, readonly SplitName[]>>;

/** @throws UsageError for options that the split would ignore, or that say nothing */
export function typedSplit(options: SplitOptions): TypedSplit {
  requireSplitOptions(options);
  const { split: name, folds, share, holdOut, testCorpus, labelMap } = options;
  if (name === 'cross-corpus') {
    if (testCorpus === undefined) throw new UsageError('--split cross-corpus needs --test-corpus FOLDER.');
    return { name, folder: testCorpus, labelMap: parseLabelMap(labelMap) };
  }
  const parsed = splitSpecSchema.safeParse({
    name,
    ...(folds !== undefined && { folds }),
    ...(share !== undefined && { share }),
    ...(holdOut !== undefined && { speakers: speakerNames(holdOut) }),
  });
  if (!parsed.success) throw new UsageError(`--split ${name}: ${inOneLine(parsed.error.issues)}.`);
  return parsed.data as Exclude<SplitSpec, { name: 'cross-corpus' }>;
}

/** The split as a run takes it: the corpus to test on is opened. @throws UsageError for labels that it does not have */
export async function openedSplit(
  client: LocalClient,
  split: TypedSplit,
  signal: AbortSignal,
): Promise<SplitSpec> {
  if (split.name !== 'cross-corpus') return split;
  const { name, folder, labelMap } = split;
  const { summary } = await openCorpus(client, folder, {}, signal);
  const known = summary.labels.map(({ label }) => label);
  // Label sets leave out what a corpus may not have; who types a label means one.
  const unknown = Object.keys(labelMap).find((label) => !known.includes(label));
  if (unknown !== undefined)
    throw new UsageError(
      `--label-map names "${unknown}", which ${summary.name} has no clips of. It has: ${known.join(', ')}.`,
    );
  return { name, testCorpusId: summary.corpusId, labelMap };
}

function requireSplitOptions(options: SplitOptions): void {
  if (options.holdOut !== undefined && options.share !== undefined)
    throw new UsageError('--hold-out names the speakers and --share draws them: one of them at a time.');
  for (const [option, splits] of Object.entries(SPLIT_OPTIONS)) {
    if (options[option as keyof typeof SPLIT_OPTIONS] === undefined) continue;
    if (!(splits as readonly SplitName[]).includes(options.split))
      throw new UsageError(
        `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} goes with --split ${splits.join(' or ')}.`,
      );
  }
}

/** `03,08`. */
function speakerNames(text: string): string[] {
  const speakers = text.split(',').map((speaker) => speaker.trim());
  if (speakers.includes(''))
    throw new UsageError(`--hold-out takes speakers with commas between them; got "${text}".`);
  return speakers;
}

/** `wut=anger,neutral=`: a label without a match is left out. */
function parseLabelMap(text: string | undefined): LabelMap {
  const labelMap = new Map<string, string | null>();
  for (const pair of (text ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const [from = '', to, ...more] = pair.split('=').map((part) => part.trim());
    if (from === '' || to === undefined || more.length > 0)
      throw new UsageError(`--label-map must be as in wut=anger,neutral=; got "${pair}".`);
    if (labelMap.has(from)) throw new UsageError(`--label-map names "${from}" twice.`);
    labelMap.set(from, to === '' ? null : to);
  }
  return Object.fromEntries(labelMap);
}
