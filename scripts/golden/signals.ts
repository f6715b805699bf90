// Twenty test signals that can live in the repository: made by plain arithmetic, the same bits everywhere.
//
// IEEE 754 fixes +, -, *, / and rounding to the last bit, but not sin or exp, which differ between
// platforms; so the sine here is a polynomial and nothing else comes from Math but rounding.

/** One mono signal of 16-bit samples. */
export interface GoldenSignal {
  name: string;
  sampleRateHz: number;
  samples: Int16Array;
}

/** sin(2 pi turns), by its Taylor series on the quarter turn around zero; error below 1e-11. */
function sine(turns: number): number {
  let t = turns - Math.round(turns);
  if (t > 0.25) t = 0.5 - t;
  if (t < -0.25) t = -0.5 - t;
  const x = t * 6.283185307179586;
  const x2 = x * x;
  let sum = 1;
  for (let k = 17; k >= 3; k -= 2) sum = 1 - (sum * x2) / (k * (k - 1));
  return x * sum;
}

/** Uniform noise in [-1, 1): a 32-bit linear congruential generator (Numerical Recipes, 2nd ed., 7.1). */
function noiseSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
}

/** A two-pole resonance at `hz`, `bandwidthHz` wide, as a formant synthesiser has one per formant. */
function resonator(hz: number, bandwidthHz: number, sampleRateHz: number): (x: number) => number {
  const radius = 1 - (3.141592653589793 * bandwidthHz) / sampleRateHz;
  const feedback = 2 * radius * sine(hz / sampleRateHz + 0.25);
  const gain = (1 - radius) * 2;
  let y1 = 0;
  let y2 = 0;
  return (x) => {
    const y = gain * x + feedback * y1 - radius * radius * y2;
    y2 = y1;
    y1 = y;
    return y;
  };
}

interface Voice {
  formantsHz: readonly number[];
  pitchHz: number;
  /** Change of pitch over one second, in Hz. */
  glideHz: number;
  /** Depth of a 5.5 Hz vibrato, in Hz. */
  vibratoHz: number;
  /** 0 voiced only, 1 breath only. */
  breath: number;
}

/** Speech-like: glottal pulses and breath through formants, in syllables of a third of a second. */
function voice({ formantsHz, pitchHz, glideHz, vibratoHz, breath }: Voice, sampleRateHz: number): Sampler {
  const formants = formantsHz
    .filter((hz) => hz < 0.45 * sampleRateHz)
    .map((hz, i) => resonator(hz, 60 + 40 * i, sampleRateHz));
  const noise = noiseSource(7);
  let phase = 0;
  return (i) => {
    const seconds = i / sampleRateHz;
    phase += (pitchHz + glideHz * seconds + vibratoHz * sine(5.5 * seconds)) / sampleRateHz;
    phase -= Math.floor(phase);
    const pulse = phase < 0.4 ? phase * (0.4 - phase) * 25 - 0.5 : -0.5;
    const source = (1 - breath) * pulse + breath * noise();
    const syllable = 0.5 - 0.5 * sine(3 * seconds + 0.25);
    return 0.7 * syllable * formants.reduce((sum, formant) => sum + formant(source), 0);
  };
}

/** Value of sample i, full scale +-1; called once for each i in order. */
type Sampler = (i: number) => number;

function signal(name: string, sampleRateHz: number, length: number, sampler: Sampler): GoldenSignal {
  const samples = Int16Array.from({ length }, (_, i) =>
    Math.max(-32768, Math.min(32767, Math.round(sampler(i) * 32767))),
  );
  return { name, sampleRateHz, samples };
}

const AH: Voice = {
  formantsHz: [730, 1090, 2440, 3400],
  pitchHz: 120,
  glideHz: -30,
  vibratoHz: 0,
  breath: 0.02,
};
const EE: Voice = {
  formantsHz: [270, 2290, 3010, 3700],
  pitchHz: 210,
  glideHz: 60,
  vibratoHz: 6,
  breath: 0.05,
};
const OO: Voice = { formantsHz: [300, 870, 2240, 3300], pitchHz: 95, glideHz: 0, vibratoHz: 2, breath: 0.01 };

function chirp(fromHz: number, toHz: number, sampleRateHz: number): Sampler {
  return (i) => {
    const seconds = i / sampleRateHz;
    return 0.6 * sine(fromHz * seconds + ((toHz - fromHz) / 2) * seconds * seconds);
  };
}

/** The signals, made anew at each call. */
export function goldenSignals(): GoldenSignal[] {
  const noise = noiseSource(1);
  const quiet = noiseSource(2);
  const burst = noiseSource(3);
  const dull = noiseSource(4);
  const loud = voice(AH, 22_050);
  const early = voice(EE, 22_050);
  let smooth = 0;
  return [
    signal('voice-ah-22050', 22_050, 22_050, voice(AH, 22_050)),
    signal('voice-ee-22050', 22_050, 33_075, voice(EE, 22_050)),
    signal('voice-oo-22050', 22_050, 22_528, voice(OO, 22_050)),
    signal('whisper-22050', 22_050, 22_050, voice({ ...AH, breath: 1 }, 22_050)),
    signal('voice-ah-8000', 8_000, 8_000, voice(AH, 8_000)),
    signal('voice-oo-11025', 11_025, 11_025, voice(OO, 11_025)),
    signal('voice-ee-16000', 16_000, 16_000, voice(EE, 16_000)),
    signal('voice-ah-24000', 24_000, 24_000, voice(AH, 24_000)),
    signal('voice-ee-44100', 44_100, 44_100, voice(EE, 44_100)),
    signal('voice-oo-48000', 48_000, 48_000, voice(OO, 48_000)),
    signal('chirp-22050', 22_050, 22_050, chirp(50, 10_800, 22_050)),
    signal('chirp-32000', 32_000, 32_000, chirp(15_500, 100, 32_000)),
    signal('noise-white', 22_050, 22_050, () => 0.5 * noise()),
    signal('noise-dull', 22_050, 22_050, () => (smooth += 0.05 * (dull() - smooth))),
    signal('noise-last-bit', 22_050, 11_025, () => quiet() / 32_767),
    signal('silence', 22_050, 11_025, () => 0),
    signal('clicks', 22_050, 22_050, (i) => (i % 3_000 === 1_499 ? 1 : 0)),
    signal('clipped-voice', 22_050, 22_050, (i) => 12 * loud(i)),
    signal('voice-then-silence', 22_050, 44_100, (i) => (i < 11_025 ? early(i) : 0)),
    signal('shorter-than-a-frame', 22_050, 300, () => 0.3 * burst()),
  ];
}

/** Signals at the edge of what a feature is defined for, made anew at each call. */
export function edgeSignals(): GoldenSignal[] {
  const tone = chirp(220, 260, 192_000);
  const loud = chirp(180, 185, 22_050);
  const few = voice(AH, 22_050);
  const enough = voice(AH, 22_050);
  return [
    signal('edge-one-sample', 22_050, 1, () => 0.3),
    signal('edge-one-zero', 22_050, 1, () => 0),
    signal('edge-dc', 22_050, 11_025, () => 0.5),
    signal('edge-dc-negative', 22_050, 11_025, () => -0.25),
    signal('edge-dc-8000', 8_000, 8_000, () => 0.3),
    signal('edge-clipping', 22_050, 22_050, (i) => 20 * loud(i)),
    signal('edge-192000', 192_000, 19_200, tone),
    signal('edge-eight-frames', 22_050, 4_095, few),
    signal('edge-nine-frames', 22_050, 4_096, enough),
    signal('edge-sound-in-silence', 22_050, 33_075, (i) => (i > 9_000 && i < 20_000 ? 0.4 * loud(i) : 0)),
  ];
}
