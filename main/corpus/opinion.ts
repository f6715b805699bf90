// What a model said of a recording, from the file that the Live room writes beside it: an opinion, which is no label.
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { modelOpinionSchema } from '../../shared/contract/schemas.ts';

/** A minute's windows take a tenth of this: what is longer is some other JSON. */
const MOST_BYTES = 4 << 20;

/** The part of the file that is about the recording as a whole (written by main/live/recording.ts). */
const sidecarSchema = z.object({
  unconfirmed: modelOpinionSchema.pick({ label: true, probability: true }).nullable(),
  model: z.object({ recipe: modelOpinionSchema.shape.recipe }),
});

/**
 * The opinion beside an audio file, as JSON that `modelOpinionSchema` reads; null where there is no such file, or it
 * says something else: a corpus may keep any JSON beside its audio.
 * @param file absolute
 */
export async function opinionBeside(file: string): Promise<string | null> {
  try {
    const handle = await open(file.replace(/\.[^./\\]*$/, '.json'));
    try {
      if ((await handle.stat()).size > MOST_BYTES) return null;
      const read = sidecarSchema.safeParse(JSON.parse(await handle.readFile('utf8')));
      if (!read.success || read.data.unconfirmed === null) return null;
      return JSON.stringify({ ...read.data.unconfirmed, recipe: read.data.model.recipe });
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
