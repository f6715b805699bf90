// A short stretch of a sound around an edge: an hour of sound is never fetched for the sake of one.
import type { Stretch } from '../../../shared/labels/snapping.ts';
import type { StreamedSound } from '../../state/streamedAudio.ts';

const FULL_SCALE = 32_768;

/** The first channel between two times, as far as the sound goes. */
export async function readStretch(
  sound: StreamedSound,
  fromSeconds: number,
  toSeconds: number,
): Promise<Stretch> {
  const { sampleRateHz, channels, frames } = sound;
  const first = Math.max(0, Math.min(frames, Math.floor(fromSeconds * sampleRateHz)));
  const end = Math.max(first, Math.min(frames, Math.ceil(toSeconds * sampleRateHz)));
  const interleaved = end > first ? await sound.read(first, end - first) : new Int16Array();
  const samples = Float32Array.from(
    { length: Math.floor(interleaved.length / channels) },
    (_, i) => interleaved[i * channels]! / FULL_SCALE,
  );
  return { samples, sampleRateHz, startSeconds: first / sampleRateHz };
}
