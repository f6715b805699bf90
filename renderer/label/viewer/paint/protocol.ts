// What the page and the worker that draws say to each other.
import type { FeatureTrack, TrackName } from '../../../../shared/contract/schemas.ts';
import type { View } from '../view.ts';

/** Colours of the theme, as CSS writes them, and the picture's way from little to much. */
export interface Palette {
  readonly wave: string;
  readonly text: string;
  readonly text2: string;
  readonly surface: string;
  readonly bed: string;
  readonly hatch: string;
  readonly inkLow: string;
  readonly inkHigh: string;
  readonly font: string;
}

export interface ClipOnScreen {
  /** Counts clips and tries: what was asked for an earlier one is dropped. */
  readonly generation: number;
  readonly soundSeconds: number;
  readonly sampleRateHz: number;
  /** Samples a channel. */
  readonly frames: number;
  readonly channels: number;
  /** Where the network's input ends, in seconds; null where it takes the whole clip. */
  readonly inputSeconds: number | null;
}

export interface Lane {
  readonly track: TrackName;
  readonly heightPx: number;
}

export interface ExportLane {
  readonly track: TrackName;
  readonly title: string;
  /** Words at heights of the lane, 0 at its top to 1. */
  readonly axis: readonly { readonly at: number; readonly text: string }[];
}

export interface ExportOrder {
  readonly title: string;
  readonly lanes: readonly ExportLane[];
  readonly ticks: readonly { readonly seconds: number; readonly text: string }[];
}

/** Records of a track as the engine gives them. */
export interface WindowData {
  readonly kind: 'int16' | 'uint8' | 'float32';
  readonly width: number;
  readonly records: number;
  readonly done: number;
  readonly stepSeconds: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Names of the columns of the recipe's values. */
  readonly columns: readonly string[];
  readonly first: number;
  readonly data: ArrayBuffer;
}

export type ToPainter =
  | { readonly type: 'canvas'; readonly track: TrackName; readonly canvas: OffscreenCanvas }
  | { readonly type: 'gone'; readonly track: TrackName }
  | { readonly type: 'palette'; readonly palette: Palette }
  | { readonly type: 'clip'; readonly clip: ClipOnScreen | null }
  | { readonly type: 'view'; readonly view: View; readonly ratio: number; readonly lanes: readonly Lane[] }
  | { readonly type: 'window'; readonly need: WindowNeed; readonly window: WindowData }
  | { readonly type: 'samples'; readonly need: SamplesNeed; readonly data: ArrayBuffer }
  /** A track could not be had: it is not asked for again before the next clip or try. */
  | { readonly type: 'failed'; readonly generation: number; readonly track: TrackName }
  | { readonly type: 'export'; readonly order: ExportOrder };

export interface WindowNeed {
  readonly type: 'window';
  readonly generation: number;
  readonly track: TrackName;
  readonly level: number;
  readonly first: number;
  readonly count: number;
}

export interface SamplesNeed {
  readonly type: 'samples';
  readonly generation: number;
  readonly first: number;
  readonly frames: number;
}

export type FromPainter =
  | WindowNeed
  | SamplesNeed
  /** The outline of this clip is on screen, as far as it is known; `whole`: all that the view shows. */
  | { readonly type: 'painted'; readonly generation: number; readonly whole: boolean }
  | { readonly type: 'exported'; readonly blob: Blob };

/** Names of tracks in words, in the order they stand below each other. */
export const TRACK_TITLES: Readonly<Record<FeatureTrack, string>> = {
  spectrogram: 'Spectrogram',
  'log-mel': 'Log-mel',
  mfcc: 'MFCC',
  f0: 'F0',
  rms: 'RMS',
};
