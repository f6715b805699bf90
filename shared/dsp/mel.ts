// The mel scale and its triangular filter bank, as Slaney's Auditory Toolbox and librosa define them.

/** Below this frequency the scale is linear, above it logarithmic. */
const BREAK_HZ = 1000;
const HZ_PER_MEL = 200 / 3;
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

/** Hz to mel; Slaney (1998), librosa.hz_to_mel(htk=False). */
export function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

/** Mel to Hz; the inverse of hzToMel. */
export function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

export interface MelSettings {
  sampleRateHz: number;
  nFft: number;
  mels: number;
  fMinHz: number;
  /** At most half the sample rate adds anything. */
  fMaxHz: number;
}

/** One band: `weights[i]` belongs to FFT bin `firstBin + i`. Empty where no bin falls inside the triangle. */
export interface MelBand {
  firstBin: number;
  weights: Float64Array;
}

/**
 * Triangular bands evenly spaced in mel, each scaled to unit area in Hz (norm='slaney').
 *
 * Source: librosa.filters.mel 0.11; weights are rounded to float32 where librosa's are.
 */
export function melFilterBank({ sampleRateHz, nFft, mels, fMinHz, fMaxHz }: MelSettings): MelBand[] {
  const lowest = hzToMel(fMinHz);
  const step = (hzToMel(fMaxHz) - lowest) / (mels + 1);
  const edgesHz = Array.from({ length: mels + 2 }, (_, i) => melToHz(lowest + i * step));
  const bins = nFft / 2 + 1;
  return Array.from({ length: mels }, (_, band) => {
    const [lower, centre, upper] = edgesHz.slice(band, band + 3) as [number, number, number];
    const area = 2 / (upper - lower);
    const row = Float64Array.from({ length: bins }, (_, bin) => {
      const hz = (bin * sampleRateHz) / nFft;
      const height = Math.min((hz - lower) / (centre - lower), (upper - hz) / (upper - centre));
      return Math.fround(Math.fround(Math.max(0, height)) * area);
    });
    return trimZeros(row);
  });
}

function trimZeros(row: Float64Array): MelBand {
  const firstBin = row.findIndex((weight) => weight > 0);
  if (firstBin < 0) return { firstBin: 0, weights: new Float64Array(0) };
  const lastBin = row.findLastIndex((weight) => weight > 0);
  return { firstBin, weights: row.slice(firstBin, lastBin + 1) };
}
