// Events of the ledger in words: what was decided, by whom and why.
import type { LedgerEvent } from '../../shared/contract/schemas.ts';
import { labelStyles } from './labels.svelte.ts';

/** No label is a rater's "unsure" where one was set; before that the clip has none. */
export function isDecided(event: LedgerEvent, events: readonly LedgerEvent[]): boolean {
  if (event.kind === 'import') return false;
  if (event.kind === 'label' || event.kind === 'resolve') return 'label' in event.changes;
  return events.some(
    ({ eventId, kind, label, undone }) =>
      eventId < event.eventId && kind === 'label' && label === null && !undone,
  );
}

const SEGMENT_WORDS: Readonly<Record<string, string>> = {
  startSeconds: 'moved',
  endSeconds: 'moved',
  tier: 'moved to another tier',
  note: 'note',
};

/** What an event says: "Sadness", "Segment 4: Fear", "back to Neutral", "flagged as bad". */
export function eventWords(event: LedgerEvent, events: readonly LedgerEvent[]): string {
  const { changes, kind, segmentId } = event;
  const { name } = labelStyles.of(event.label, isDecided(event, events));
  if (kind === 'undo') return segmentId === null ? `back to ${name}` : `Segment ${segmentId}: undone`;
  if (kind === 'redo') return segmentId === null ? `again ${name}` : `Segment ${segmentId}: redone`;
  if (kind === 'revert') return segmentId === null ? `reverted: ${name}` : `Segment ${segmentId}: reverted`;
  if (segmentId !== null) return `Segment ${segmentId}: ${segmentWords(event, name)}`;
  if (kind === 'import' || kind === 'resolve' || 'label' in changes) return name;
  const parts = [];
  if (changes['bad'] !== undefined) parts.push(changes['bad'] ? 'flagged as bad' : 'flag taken off');
  if (changes['note'] !== undefined) parts.push(changes['note'] === null ? 'note taken off' : 'note');
  if (changes['confidence'] !== undefined) parts.push(`sure: ${changes['confidence'] ?? '–'} of 5`);
  if (changes['secondaryLabel'] !== undefined) parts.push('second label');
  return parts.join(', ') || name;
}

function segmentWords({ changes }: LedgerEvent, name: string): string {
  if (changes['deleted']) return 'removed';
  // One that is made has every field.
  if ('tier' in changes && 'startSeconds' in changes && 'locked' in changes) return 'made';
  if (changes['locked'] !== undefined && Object.keys(changes).length === 1) {
    return changes['locked'] ? 'locked' : 'unlocked';
  }
  if (typeof changes['label'] === 'string') return name;
  const words = Object.keys(changes).flatMap((key) => SEGMENT_WORDS[key] ?? []);
  return [...new Set(words)].join(', ') || 'made';
}

/** Who it was, how and why: "Ann · blind · sure 4 · “heard twice”". */
export function eventWho(event: LedgerEvent): string {
  if (event.kind === 'import') return 'As the corpus came';
  const { changes } = event;
  const parts = [event.rater ?? 'unknown rater'];
  if (event.kind === 'resolve') parts.push('settled');
  else if (event.kind === 'undo' || event.kind === 'redo' || event.kind === 'revert') parts.push(event.kind);
  if (event.blind) parts.push('blind');
  if (event.undone) parts.push('undone');
  if ('label' in changes && typeof changes['confidence'] === 'number') {
    parts.push(`sure ${changes['confidence']} of 5`);
  }
  if (typeof changes['secondaryLabel'] === 'string') {
    parts.push(`also ${labelStyles.of(changes['secondaryLabel']).name}`);
  }
  if (event.decisionEvents > 1) parts.push(`with ${event.decisionEvents - 1} more`);
  if (typeof changes['note'] === 'string') parts.push(`note “${changes['note']}”`);
  if (event.reason) parts.push(`“${event.reason}”`);
  return parts.join(' · ');
}

/** Who wrote the note that stands on a clip, by its events, oldest first; undefined where they tell of none. */
export function noteRater(events: readonly LedgerEvent[], clipId: number): string | null | undefined {
  const written = events.filter(
    (event) => event.clipId === clipId && event.kind === 'label' && 'note' in event.changes && !event.undone,
  );
  return written.at(-1)?.rater;
}
