// Writes the synthetic signals as WAV files into a folder: `node scripts/golden/write-signals.ts FOLDER [--edges]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavPcm16 } from '../../main/audio/wav.ts';
import { edgeSignals, goldenSignals } from './signals.ts';

const [folder, edges] = process.argv.slice(2);
if (!folder) throw new Error('usage: write-signals.ts FOLDER [--edges]');
mkdirSync(folder, { recursive: true });
for (const { name, sampleRateHz, samples } of [...goldenSignals(), ...(edges ? edgeSignals() : [])]) {
  const scaled = Float32Array.from(samples, (value) => value / 32768);
  writeFileSync(join(folder, `${name}.wav`), encodeWavPcm16([scaled], sampleRateHz));
}
