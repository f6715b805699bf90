// Axes of tracks and the words for the values under the cursor: pure, so that they can be tested.
import type { FeatureTrack } from '../../../shared/contract/schemas.ts';
import { hzToMel, melToHz } from '../../../shared/dsp/mel.ts';
import type { FeatureSpec } from '../../../shared/recipe/recipe.ts';
import { formatFixed } from '../../ui/format.ts';
import { curveHeight } from './paint/draw.ts';
import type { TrackState } from './painter.svelte.ts';

export interface AxisLabel {
  /** 0 at the top of the lane, 1 at its bottom. */
  readonly at: number;
  readonly text: string;
}

/** Upper edge of the mel bands. */
const topHz = ({ fMaxHz, sampleRateHz }: FeatureSpec): number => fMaxHz ?? sampleRateHz / 2;

/** Centre of a mel band, by Slaney's scale as the recipe's filters. */
export function melBandHz(spec: FeatureSpec, band: number): number {
  const [low, high] = [hzToMel(spec.fMinHz), hzToMel(topHz(spec))];
  return melToHz(low + ((high - low) * (band + 1)) / (spec.mels + 1));
}

function kilohertz(hz: number): string {
  return hz >= 1000 ? `${Number((hz / 1000).toFixed(1))} kHz` : `${Math.round(hz)} Hz`;
}

/** Words at the left of a lane: its ends and, where they say something, its middle. */
export function axisOf(track: FeatureTrack, state: TrackState | undefined, spec: FeatureSpec): AxisLabel[] {
  switch (track) {
    case 'spectrogram': {
      const nyquist = spec.sampleRateHz / 2;
      return [0, 0.5, 1].map((share) => ({ at: 1 - share, text: kilohertz(share * nyquist) }));
    }
    case 'log-mel':
      return [0, 0.5, 1].map((share) => ({
        at: 1 - share,
        text: kilohertz(melBandHz(spec, Math.round(share * (spec.mels - 1)))),
      }));
    case 'mfcc': {
      const last = (state?.width ?? 13) - 1;
      return [0, Math.floor(last / 2), last].map((c) => ({ at: 1 - (c + 0.5) / (last + 1), text: `c${c}` }));
    }
    case 'f0':
    case 'rms': {
      if (!state) return [];
      const [low, high] = [track === 'f0' ? state.low[0]! : 0, state.high[0]!];
      if (high === 0) return [];
      const text = (value: number): string =>
        track === 'f0' ? `${Math.round(value)} Hz` : formatFixed(value, value === 0 ? 0 : 2);
      return [low, high].map((value) => ({
        at: 1 - curveHeight(track, state.low[0]!, high, value),
        text: text(value),
      }));
    }
  }
}

/** What is under the cursor, in words. @param heightShare of the pointer in the lane, 0 at its bottom; null: none */
export function valueInWords(
  track: FeatureTrack,
  values: Float32Array,
  heightShare: number | null,
  spec: FeatureSpec,
): string {
  if (values.length === 0) return '–';
  const row = heightShare === null ? strongest(values) : rowAt(heightShare, values.length);
  switch (track) {
    case 'spectrogram': {
      const hz = ((row + 0.5) * spec.sampleRateHz) / 2 / values.length;
      return `${where(heightShare)}${Math.round(hz)} Hz  ${decibels(values[row]!, 1)}`;
    }
    case 'log-mel':
      return `${where(heightShare)}band ${row}, ${Math.round(melBandHz(spec, row))} Hz  ${decibels(values[row]!, 2)}`;
    case 'mfcc': {
      const c = heightShare === null ? 0 : row;
      return `c${c}  ${signed(values[c]!, 3)}`;
    }
    case 'f0':
      return values[0] === 0
        ? 'unvoiced'
        : `${values[0]!.toFixed(1)} Hz  voiced ${formatFixed(values[2], 2)}`;
    case 'rms':
      return `${values[0]!.toFixed(5)}  ${values[0]! > 0 ? decibels(20 * Math.log10(values[0]!), 1) : ''}`;
  }
}

const where = (heightShare: number | null): string => (heightShare === null ? 'strongest ' : '');

function rowAt(heightShare: number, rows: number): number {
  return Math.max(0, Math.min(rows - 1, Math.floor(heightShare * rows)));
}

function strongest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i]! > values[best]!) best = i;
  return best;
}

/** With the true minus sign. */
function signed(value: number, decimals: number): string {
  return value.toFixed(decimals).replace('-', '−');
}

const decibels = (value: number, decimals: number): string => `${signed(value, decimals)} dB`;
