// What ten seconds of quiet and of neutral speech say of a room and of a speaker.
import type { LiveCalibration } from '../../shared/contract/schemas.ts';
import { createFastExtractor } from '../../shared/dsp/kernel/extractor.ts';
import { columnStatistics } from '../../shared/dsp/normalise.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { resample } from '../audio/resample.ts';
import { createDescriptors } from './descriptors.ts';
import { levelDbfs, quantile, QUIETEST_DBFS } from './level.ts';
import { FRAME_SECONDS, VoiceActivity } from './voice.ts';

/** The gate stands so far above the room, and at least so far below the voice. */
const ABOVE_FLOOR_DB = 8;
const BELOW_SPEECH_DB = 10;
/** Less voice than this is no measurement. */
const LEAST_VOICED_SECONDS = 2;
/** A voice this close to its room is heard badly. */
const POOR_RATIO_DB = 15;
const HIGHEST_GATE_DBFS = -20;
const LOWEST_GATE_DBFS = -75;

export interface Heard {
  readonly quiet: Float32Array;
  /** Neutral speech, read aloud. */
  readonly speech: Float32Array;
  readonly sampleRateHz: number;
}

/** @param spec the recipe's features: the speaker's statistics are of its columns */
export async function calibrate(
  { quiet, speech, sampleRateHz }: Heard,
  spec: FeatureSpec,
): Promise<LiveCalibration> {
  const floorDbfs = quantile(frameLevels(quiet, sampleRateHz), 0.95);
  const voiced = await voicedStretches(speech, sampleRateHz, floorDbfs + ABOVE_FLOOR_DB / 2);
  const voicedSeconds = voiced.reduce((sum, { length }) => sum + length, 0) / sampleRateHz;
  const enough = voicedSeconds >= LEAST_VOICED_SECONDS;
  const speechDbfs = enough
    ? quantile(
        voiced.flatMap((part) => frameLevels(part, sampleRateHz)),
        0.5,
      )
    : null;
  const ceiling = speechDbfs === null ? HIGHEST_GATE_DBFS : speechDbfs - BELOW_SPEECH_DB;
  const gate = Math.min(floorDbfs + ABOVE_FLOOR_DB, ceiling, HIGHEST_GATE_DBFS);
  return {
    floorDbfs,
    speechDbfs,
    gateDbfs: Math.round(Math.max(LOWEST_GATE_DBFS, gate)),
    voicedSeconds,
    warning: warning(floorDbfs, speechDbfs),
    ...(enough ? ofSpeaker(voiced, sampleRateHz, spec) : { pitchHz: null, speaker: null }),
  };
}

function warning(floorDbfs: number, speechDbfs: number | null): string | null {
  if (speechDbfs === null) return 'Too little speech was heard: only the room was measured.';
  if (floorDbfs <= QUIETEST_DBFS) return null;
  const ratio = speechDbfs - floorDbfs;
  if (ratio >= POOR_RATIO_DB) return null;
  return `The voice is only ${ratio.toFixed(0)} dB above the room: go nearer to the microphone.`;
}

function frameLevels(samples: Float32Array, sampleRateHz: number): number[] {
  const frame = Math.round(FRAME_SECONDS * sampleRateHz);
  return Array.from({ length: Math.floor(samples.length / frame) }, (_, i) =>
    levelDbfs(samples, i * frame, (i + 1) * frame),
  );
}

/** Stretches of speech, in pieces as the detector gives them. */
async function voicedStretches(
  samples: Float32Array,
  sampleRateHz: number,
  gateDbfs: number,
): Promise<Float32Array[]> {
  const voice = await VoiceActivity.create(sampleRateHz, gateDbfs);
  const stretches: Float32Array[] = [];
  const second = sampleRateHz;
  let from = -1;
  let until = -1;
  for (let at = 0, done = 0; at < samples.length; at += second) {
    voice.append(samples.subarray(at, at + second));
    for (const frame of voice.frames(done, samples.length)) {
      done = frame.until;
      if (!frame.speech) continue;
      if (frame.from !== until) {
        if (from >= 0) stretches.push(samples.subarray(from, until));
        from = frame.from;
      }
      until = frame.until;
    }
  }
  if (from >= 0) stretches.push(samples.subarray(from, until));
  return stretches;
}

function ofSpeaker(
  voiced: readonly Float32Array[],
  sampleRateHz: number,
  spec: FeatureSpec,
): Pick<LiveCalibration, 'pitchHz' | 'speaker'> {
  const describe = createDescriptors(spec);
  const extract = createFastExtractor({ ...spec, normalise: 'none' });
  const heard = voiced
    .map((part) => resample(part, sampleRateHz, spec.sampleRateHz))
    .filter((part) => part.length >= spec.nFft);
  if (heard.length === 0) return { pitchHz: null, speaker: null };
  const pitches = heard.map((part) => describe(part).pitchHz).filter((hz) => hz !== null);
  return {
    pitchHz: pitches.length > 0 ? quantile(pitches, 0.5) : null,
    speaker: { names: columnNames(spec), ...columnStatistics(heard.map(extract)) },
  };
}
