// What tracks are called and mean, in words: names of lanes, tooltips, what a screen reader says.
import type { FeatureTrack } from '../../../shared/contract/schemas.ts';
import type { FeatureSpec } from '../../../shared/recipe/recipe.ts';
import { fitInWords } from '../../ui/charts/mfcc.ts';
import type { TrackState } from './painter.svelte.ts';
import { TRACK_TITLES } from './paint/protocol.ts';

export const TRACK_MEANINGS: Readonly<Record<FeatureTrack, string>> = {
  spectrogram: 'From the loudest (darkest) 70 dB down; dB below a sine at full scale',
  'log-mel': 'dB, 80 dB below the clip’s own peak at most',
  mfcc: 'Each coefficient is scaled to its own range over the clip; frames that the network does not see are hatched',
  f0: 'Fundamental frequency by pYIN, on a logarithmic axis; a gap is unvoiced',
  rms: 'Root mean square of each frame, full scale is 1',
};

/** How many of a clip's frames the network sees; empty where it takes them all, or nothing is known. */
function seenInWords(state: TrackState | undefined, { frames }: FeatureSpec): string {
  return state && frames !== null ? fitInWords(state.records, frames) : '';
}

/** The name in the lane's corner. */
export function laneName(track: FeatureTrack, state: TrackState | undefined, spec: FeatureSpec): string {
  if (track !== 'mfcc') return TRACK_TITLES[track];
  return ['What the LSTM sees', `${spec.frames} × ${state?.width ?? 13} MFCC`, seenInWords(state, spec)]
    .filter((part) => part !== '')
    .join(' · ');
}

/** The lane for a screen reader. @param clipName as it may be shown */
export function laneLabel(
  track: FeatureTrack,
  clipName: string,
  state: TrackState | undefined,
  spec: FeatureSpec,
): string {
  return [
    `${TRACK_TITLES[track]} of ${clipName}`,
    state ? `${state.records} frames` : '',
    track === 'mfcc' ? seenInWords(state, spec) : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** How far a track is; null where it is whole. @param isAsked whether there is a clip to compute it of */
export function progressInWords(state: TrackState | undefined, isAsked: boolean): string | null {
  if (!state) return isAsked ? 'computing' : null;
  return state.done < state.records ? `${Math.floor((100 * state.done) / state.records)} %` : null;
}

/** What a track spans over its clip. */
export function spanInWords(track: FeatureTrack, state: TrackState | undefined, frames: number): string {
  return state && track !== 'mfcc'
    ? `${state.low[0]!.toFixed(3)} to ${state.high[0]!.toFixed(3)}`
    : `${frames} frames`;
}
