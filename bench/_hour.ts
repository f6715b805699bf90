// The features of an hour-long file: how much memory a process takes for them.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavPcm16 } from '../main/audio/wav.ts';

const RATE_HZ = 48_000;
const HOUR_SECONDS = 3600;
const LONG_FILE_MEGABYTES = 300;

/** Memory of a process that computes the classic features of an hour of 48 kHz stereo. */
export function measureHour(scratch: string): boolean {
  const path = join(scratch, 'hour.wav');
  writeHour(path);
  try {
    const program = join(import.meta.dirname, '_long-file.ts');
    const answer = execFileSync(process.execPath, [program, path, 'classic'], { encoding: 'utf8' });
    const { frames, seconds, megabytes } = JSON.parse(answer) as Record<string, number>;
    const passed = megabytes! <= LONG_FILE_MEGABYTES;
    console.log(
      `an hour of 48 kHz stereo: ${frames} frames of 13 MFCC in ${seconds!.toFixed(1)} s, peak memory of the process ` +
        `${megabytes!.toFixed(0)} MB, limit ${LONG_FILE_MEGABYTES}: ${passed ? 'pass' : 'short'}`,
    );
    return passed;
  } finally {
    rmSync(path);
  }
}

/** An hour of a tone that comes and goes, as 16-bit stereo. */
function writeHour(path: string): void {
  const file = openSync(path, 'w');
  const bytes = HOUR_SECONDS * RATE_HZ * 4;
  const second = encodeWavPcm16([new Float32Array(RATE_HZ), new Float32Array(RATE_HZ)], RATE_HZ);
  const header = Buffer.from(second.subarray(0, second.length - RATE_HZ * 4));
  header.writeUInt32LE(header.length - 8 + bytes, 4);
  header.writeUInt32LE(bytes, header.length - 4);
  writeSync(file, header);
  const samples = new Int16Array(2 * RATE_HZ);
  for (let n = 0; n < HOUR_SECONDS; n++) {
    const level = n % 5 === 4 ? 3 : 9000;
    for (let i = 0; i < RATE_HZ; i++) {
      samples[2 * i] = level * Math.sin(i * i * 1e-5 * (1 + (n % 7)));
      samples[2 * i + 1] = samples[2 * i]! / 2;
    }
    writeSync(file, samples);
  }
  closeSync(file);
}
