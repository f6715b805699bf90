// The label commands: labels and segments of a corpus as JSON or CSV, its ledger, the agreement of its raters.
import type { Clip, LedgerEvent, Segment } from '../../shared/contract/schemas.ts';
import { openCorpus, UsageError, type IndexOptions } from './commands.ts';
import { type LocalClient, withEngine } from './local-engine.ts';

const PAGE = 1000;

export interface LabelsOptions extends IndexOptions {
  readonly segments?: boolean;
}

const CLIP_COLUMNS = [
  ...(['file', 'speaker', 'utterance', 'take', 'label', 'secondaryLabel', 'confidence'] as const),
  ...(['bad', 'note', 'rater', 'resolved', 'importedLabel', 'durationSeconds'] as const),
];
const SEGMENT_COLUMNS = [
  ...(['file', 'startSeconds', 'endSeconds', 'tier', 'label', 'speaker', 'note', 'rater'] as const),
];

/** Every good clip with its current label, or every segment with `segments`; `rows` are what a CSV has. */
export function exportLabels(folder: string, options: LabelsOptions): Promise<{ rows: readonly object[] }> {
  return withEngine(options.workspace, async (client, signal) => {
    const { summary } = await openCorpus(client, folder, options, signal);
    const { corpusId, labelVersion } = summary;
    const clips = await allClips(client, corpusId);
    const rows = options.segments
      ? segmentRows(await client.segments.ofCorpus({ corpusId }), clips)
      : clips.map(clipRow);
    return { labelVersion, clips: clips.length, rows };
  });
}

async function allClips(client: LocalClient, corpusId: number): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (;;) {
    const page = await client.clips.page({ corpusId, offset: clips.length, limit: PAGE });
    clips.push(...page.clips);
    if (page.clips.length < PAGE) return clips;
  }
}

function clipRow(clip: Clip): Record<(typeof CLIP_COLUMNS)[number], unknown> {
  const { path: file, speaker, utterance, take, label, secondaryLabel, confidence } = clip;
  const { bad, note, rater, resolved, importedLabel, durationSeconds } = clip;
  return {
    ...{ file, speaker, utterance, take, label, secondaryLabel, confidence },
    ...{ bad, note, rater, resolved, importedLabel, durationSeconds },
  };
}

function segmentRows(
  segments: readonly Segment[],
  clips: readonly Clip[],
): Record<(typeof SEGMENT_COLUMNS)[number], unknown>[] {
  const byId = new Map(clips.map((clip) => [clip.clipId, clip]));
  return segments.map(({ clipId, startSeconds, endSeconds, tier, label, note, rater }) => {
    const { path: file, speaker } = byId.get(clipId)!;
    return { file, startSeconds, endSeconds, tier, label, speaker, note, rater };
  });
}

/** What exportLabels gives, as CSV: its columns are the same whether there are rows or not. */
export function labelsAsCsv(rows: readonly object[], { segments }: LabelsOptions): string {
  return asCsv(rows, segments ? SEGMENT_COLUMNS : CLIP_COLUMNS);
}

/** RFC 4180: a header line, CRLF, quotes where a cell needs them; null is an empty cell. */
function asCsv(rows: readonly object[], columns: readonly string[]): string {
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => columns.map((column) => cell((row as Record<string, unknown>)[column])));
  return [columns, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

export interface AgreementOptions extends IndexOptions {
  readonly raters?: string;
  readonly corpusLabels?: boolean;
  readonly blind?: boolean;
}

/** Agreement of a corpus's raters. */
export function agreement(folder: string, options: AgreementOptions): Promise<object> {
  return withEngine(options.workspace, async (client, signal) => {
    const { summary } = await openCorpus(client, folder, options, signal);
    const raters = options.raters?.split(',').map((rater) => rater.trim());
    if (raters?.includes('')) throw new UsageError('--raters takes names with commas between them.');
    return client.agreement.report({
      corpusId: summary.corpusId,
      corpusLabels: options.corpusLabels === true,
      blindOnly: options.blind === true,
      ...(raters && { raters }),
    });
  });
}

/** The corpus's whole ledger, oldest first, each event with its clip's path. */
export function history(folder: string, options: IndexOptions): Promise<object> {
  return withEngine(options.workspace, async (client, signal) => {
    const { summary } = await openCorpus(client, folder, options, signal);
    const { corpusId, labelVersion } = summary;
    const paths = new Map((await allClips(client, corpusId)).map(({ clipId, path }) => [clipId, path]));
    const events: LedgerEvent[] = [];
    for (;;) {
      const after = events.at(-1)?.eventId ?? 0;
      const page = await client.labels.events({ corpusId, after, limit: PAGE });
      events.push(...page);
      if (page.length < PAGE) break;
    }
    return {
      labelVersion,
      // null: the file has gone since.
      events: events.map((event) => ({ file: paths.get(event.clipId) ?? null, ...event })),
    };
  });
}
