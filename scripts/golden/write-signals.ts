// Writes the golden signals as WAV files into a folder: `node scripts/golden/write-signals.ts FOLDER`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavPcm16 } from '../../main/audio/wav.ts';
import { goldenSignals } from './signals.ts';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: write-signals.ts FOLDER');
mkdirSync(folder, { recursive: true });
for (const { name, sampleRateHz, samples } of goldenSignals()) {
  const scaled = Float32Array.from(samples, (value) => value / 32768);
  writeFileSync(join(folder, `${name}.wav`), encodeWavPcm16([scaled], sampleRateHz));
}
