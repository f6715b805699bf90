// Answers on features of whole folders.
import type { z } from 'zod';
import type { ExtractEvent, extractInputSchema } from '../../shared/contract/schemas.ts';
import { corpusFolder } from '../corpus/folder.ts';
import { progressReporter } from '../corpus/progress.ts';
import { scanFolder } from '../corpus/scan.ts';
import { extractFolder } from '../features/folder.ts';
import { type Implementer, streaming } from './answering.ts';
import type { Services } from './services.ts';

type ExtractInput = z.output<typeof extractInputSchema>;

export function featuresCalls(os: Implementer['features'], { featureCache, logger }: Services) {
  const extracting = (input: ExtractInput, signal: AbortSignal | undefined): AsyncGenerator<ExtractEvent> =>
    streaming<ExtractEvent>(async (publish) => {
      const folder = await corpusFolder(input.folder);
      const { audio, problems } = await scanFolder(folder, signal);
      const report = progressReporter(audio.length, publish, () => performance.now() / 1000);
      const { defects, ...done } = await extractFolder(folder, audio, input.spec, {
        onProgress: (progress) => report(progress.done),
        ...(signal && { signal }),
        ...(input.useCache && { cache: featureCache }),
        ...(input.workers !== undefined && { workers: input.workers }),
      });
      return { type: 'done', ...done, defects: [...problems, ...defects] };
    }, logger);

  return { extract: os.extract.handler(({ input, signal }) => extracting(input, signal)) };
}
