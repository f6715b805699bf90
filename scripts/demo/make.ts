// Makes the demo corpus: speaks every take and writes the archive into resources/. `node scripts/demo/make.ts`
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEMO_ARCHIVE_PATH } from '../../main/corpus/demo.ts';
import { packArchive } from './archive.ts';
import { speakTake, TAKES } from './corpus.ts';
import { SAMPLE_RATE_HZ, SAMPLE_STEP } from './synth.ts';

const clips = TAKES.map((take) => ({ path: take.path, samples: speakTake(take) }));
const archive = packArchive(clips, SAMPLE_RATE_HZ, SAMPLE_STEP);
const target = fileURLToPath(new URL(`../../resources/${DEMO_ARCHIVE_PATH}`, import.meta.url));
writeFileSync(target, archive);

const seconds = clips.reduce((sum, { samples }) => sum + samples.length, 0) / SAMPLE_RATE_HZ;
console.log(`${clips.length} clips, ${seconds.toFixed(1)} s of speech, ${archive.length} bytes: ${target}`);
