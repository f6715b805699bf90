// Numbers, durations and times as the interface writes them: tabular, with a fixed number of decimals.
export { formatCount, plural } from '../../shared/words.ts';

/** With exactly `decimals` decimals; a dash where there is no number. */
export function formatFixed(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(decimals);
}

/** A rate such as UAR or accuracy: three decimals, a dash where there is none. */
export function formatRate(value: number | null | undefined): string {
  return formatFixed(value, 3);
}

/** An interval, or the words for a missing one. */
export function formatInterval(interval: readonly [number, number] | null): string {
  return interval ? `${formatRate(interval[0])} – ${formatRate(interval[1])}` : 'not estimable';
}

/** Length of a clip: "2.00 s". */
export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}

/** A span a person waits or listens: "4 s", "2 min 10 s", "1 h 04 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Sample rates: 22050 -> "22.05 kHz", 16000 -> "16 kHz". */
export function formatKilohertz(hertz: number): string {
  return `${Number((hertz / 1000).toFixed(3))} kHz`;
}

/** Time of day of an ISO time, in the local zone: "14:06:31". */
export function formatClock(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}

/** Day and time, as short as it stays clear: "14:06" today, else "12 Nov". */
export function formatWhen(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (at.toDateString() === now.toDateString()) {
    return at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  }
  const sameYear = at.getFullYear() === now.getFullYear();
  return at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: sameYear ? undefined : 'numeric',
  });
}

/** Last part of a path with either kind of slash. */
export function baseName(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .pop() ?? path
  );
}

/** Facts in a line: "fold 4 of 6 · 2 min 10 s left". Missing ones are left out. */
export function dotted(...facts: readonly (string | null | undefined | false)[]): string {
  return facts
    .filter((fact) => fact !== null && fact !== undefined && fact !== false && fact !== '')
    .join(' · ');
}

const bare = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** An utterance's id beside its words; where the id is nothing but the words again, the words alone. */
export function utteranceParts(utterance: string | null, text: string | null): { id: string; words: string } {
  const id = utterance ?? '';
  const words = text ?? '';
  return { id: words !== '' && bare(id) === bare(words) ? '' : id, words };
}
