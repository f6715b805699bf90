// Answers on clips: pages, audio, features as the viewer draws them.
import path from 'node:path';
import type { ClipFeatures } from '../../shared/contract/schemas.ts';
import { rowsOf } from '../../shared/dsp/matrix.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import type { FeatureSpec } from '../../shared/recipe/recipe.ts';
import { playableWav } from '../audio/decode.ts';
import { computeFeatures } from '../features/features.ts';
import { clipCheck } from '../store/checks.ts';
import * as clips from '../store/clips.ts';
import { history } from '../store/ledger-events.ts';
import type { Implementer } from './answering.ts';
import { featuresCalled } from './features-called.ts';
import type { Services } from './services.ts';

export function clipsCalls(os: Implementer['clips'], { store }: Services) {
  const fileOf = (clipId: number): string => {
    const { folder, path: relative } = clips.clipFile(store, clipId);
    return path.join(folder, relative);
  };
  return {
    page: os.page.handler(({ input }) => {
      const { corpusId, filter, sort, offset, limit } = input;
      return clips.clipPage(store, corpusId, filter, sort, offset, limit);
    }),
    ids: os.ids.handler(({ input }) => {
      const { corpusId, filter, sort, offset, limit } = input;
      return clips.clipIds(store, corpusId, filter, sort, { offset, ...(limit && { limit }) });
    }),
    place: os.place.handler(({ input }) =>
      clips.clipPlace(store, input.corpusId, input.filter, input.sort, input.clipId),
    ),
    get: os.get.handler(({ input }) => clips.getClip(store, input.clipId)),
    history: os.history.handler(({ input }) => history(store, input.clipId)),
    check: os.check.handler(({ input }) => clipCheck(store, input.clipId)),
    file: os.file.handler(({ input }) => ({ path: fileOf(input.clipId) })),
    audio: os.audio.handler(async ({ input }) => {
      const file = fileOf(input.clipId);
      const wav = await playableWav(file);
      return new File([wav as BlobPart], path.basename(file), { type: 'audio/wav' });
    }),
    features: os.features.handler(({ input }) =>
      clipFeatures(fileOf(input.clipId), input.recipe, featuresCalled(store, input.recipe)),
    ),
  };
}

/** What the viewer draws: the same matrix that training sees, before it is fitted to the network's input. */
async function clipFeatures(file: string, name: string, features: FeatureSpec): Promise<ClipFeatures> {
  const matrix = await computeFeatures(file, features);
  const { frames, coefficients } = matrix;
  return {
    recipe: name,
    sampleRateHz: features.sampleRateHz,
    hopLength: features.hopLength,
    frames,
    coefficients,
    values: rowsOf(matrix),
    names: columnNames(features),
    inputFrames: features.frames ?? frames,
  };
}
