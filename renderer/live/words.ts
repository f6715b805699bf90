// What the Live room says: states of the microphone, answers, levels.
import type { LiveModel, LiveWindow, RunSummary } from '../../shared/contract/schemas.ts';
import { SPLIT_WORDS } from '../../shared/protocol/split.ts';
import type { EarsState } from './ears.svelte.ts';

export interface Told {
  readonly badge: string;
  readonly tone: 'ok' | 'warn' | 'err' | '';
  /** Null where there is nothing to explain. */
  readonly what: string | null;
  readonly next: string | null;
}

const STATES: Readonly<Record<EarsState, Told>> = {
  off: { badge: 'off', tone: '', what: null, next: null },
  opening: { badge: 'opening', tone: '', what: null, next: null },
  open: { badge: 'listening', tone: 'ok', what: null, next: null },
  refused: {
    badge: 'refused',
    tone: 'err',
    what: 'The microphone may not be used.',
    next: 'Allow it for this page, or in the system’s privacy settings. Listening starts by itself then; a clip can be played meanwhile.',
  },
  none: {
    badge: 'no microphone',
    tone: 'warn',
    what: 'There is no microphone.',
    next: 'Plug one in: listening starts by itself. A clip can be played meanwhile.',
  },
  lost: {
    badge: 'unplugged',
    tone: 'warn',
    what: 'The microphone is gone.',
    next: 'Plug it in again: listening goes on by itself. Or choose another one above.',
  },
  muted: {
    badge: 'muted',
    tone: 'warn',
    what: 'The microphone gives digital silence.',
    next: 'It is muted, at its switch or in the system. Listening goes on by itself.',
  },
  failed: {
    badge: 'not available',
    tone: 'err',
    what: 'The microphone could not be opened.',
    next: 'Another program may have it. It is tried again by itself.',
  },
};

/** How often a run's answers were right, for people in a hall, and what makes that read high; empty where nothing does. */
export function scoreInWords({ accuracy, split }: Pick<RunSummary, 'accuracy' | 'split'>): {
  readonly score: string;
  readonly caveat: string;
} {
  return {
    score: accuracy === null ? 'not scored' : `right ${Math.round(accuracy * 10)} times in 10`,
    caveat: accuracy === null || SPLIT_WORDS[split].speakersApart ? '' : 'shares speakers',
  };
}

export function earsInWords(state: EarsState, isClip: boolean): Told {
  return state === 'open' && isClip ? { ...STATES.open, badge: 'a clip' } : STATES[state];
}

/** The word of this moment: what is said, or why nothing is. */
export function wordNow(
  told: Told,
  now: LiveWindow | null,
  on: boolean,
  nameOf: (label: string) => string,
): string {
  if (told.what) return told.badge.charAt(0).toUpperCase() + told.badge.slice(1);
  if (now === null) return on ? 'Getting ready' : 'Not listening';
  if (now.answer !== null) return nameOf(now.answer);
  return now.state === 'unsure' ? 'Unsure' : 'Silence';
}

/** "−18.4"; a minus as typeset. */
export function formatDb(value: number, decimals = 1): string {
  return value <= -100 ? '−∞' : value.toFixed(decimals).replace('-', '−');
}

/** Where the threshold comes from, in a sentence. */
export function thresholdInWords({ threshold: { value, clips, answered, right } }: LiveModel): string {
  if (clips < 20) return `Too few held-out clips (${clips}) to say where it is right.`;
  const share = (part: number): string => `${Math.round(part * 100)} %`;
  const rightly = right === null ? '' : `, and is right on ${share(right)} of those`;
  return `From ${clips} held-out clips: at ${value.toFixed(2)} the model answers ${share(answered)}${rightly}. Windows of speech are harder.`;
}

/** The line under the answer. */
export function underAnswer(
  window: LiveWindow,
  labels: readonly string[],
  unsureBelow: number,
  nameOf: (label: string) => string,
): string {
  if (window.state === 'silence' || window.smoothed === null)
    return `no voice for ${window.heldSeconds.toFixed(1)} s · nothing is guessed`;
  const order = labels
    .map((label, i) => ({ name: nameOf(label).toLowerCase(), value: window.smoothed![i]! }))
    .sort((a, b) => b.value - a.value);
  const [first, second] = order;
  if (window.state === 'unsure') {
    if (!first || !second) return 'not yet';
    const settled =
      first.value < unsureBelow ? `neither reaches ${unsureBelow.toFixed(2)}` : 'not held long enough';
    return `${first.name} ${first.value.toFixed(2)} or ${second.name} ${second.value.toFixed(2)} · ${settled}`;
  }
  const answer = order.find(({ name }) => name === nameOf(window.answer!).toLowerCase());
  const next = order.find((other) => other !== answer);
  return `for ${window.heldSeconds.toFixed(1)} s · ${answer?.value.toFixed(2)}${next ? ` · next: ${next.name} ${next.value.toFixed(2)}` : ''}`;
}
