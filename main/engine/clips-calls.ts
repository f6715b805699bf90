// Answers on clips: pages, audio, features as the viewer draws them.
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { ClipFeatures } from '../../shared/contract/schemas.ts';
import { columnNames } from '../../shared/recipe/columns.ts';
import { FEATURE_PRESETS, type FeatureSpec } from '../../shared/recipe/recipe.ts';
import { playableWav } from '../audio/decode.ts';
import { computeFeatures } from '../features/features.ts';
import * as clips from '../store/clips.ts';
import { history } from '../store/ledger-events.ts';
import type { Implementer } from './answering.ts';
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
    ids: os.ids.handler(({ input }) => clips.clipIds(store, input.corpusId, input.filter, input.sort)),
    get: os.get.handler(({ input }) => clips.getClip(store, input.clipId)),
    history: os.history.handler(({ input }) => history(store, input.clipId)),
    audio: os.audio.handler(async ({ input }) => {
      const file = fileOf(input.clipId);
      const wav = await playableWav(file);
      return new File([wav as BlobPart], path.basename(file), { type: 'audio/wav' });
    }),
    features: os.features.handler(({ input }) => clipFeatures(fileOf(input.clipId), input.recipe)),
  };
}

function featurePreset(name: string): FeatureSpec {
  const spec = FEATURE_PRESETS.get(name);
  if (!spec) throw new UserError('NOT_FOUND', `There is no recipe called "${name}".`);
  return spec;
}

/** What the viewer draws: the same matrix that training sees, before it is fitted to the network's input. */
async function clipFeatures(file: string, name: string): Promise<ClipFeatures> {
  const features = featurePreset(name);
  const { frames, coefficients, values } = await computeFeatures(file, features);
  return {
    recipe: name,
    sampleRateHz: features.sampleRateHz,
    hopLength: features.hopLength,
    frames,
    coefficients,
    values: Array.from({ length: frames }, (_, frame) =>
      Array.from(values.subarray(frame * coefficients, (frame + 1) * coefficients)),
    ),
    names: columnNames(features),
    inputFrames: features.frames ?? frames,
  };
}
