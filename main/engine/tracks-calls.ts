// Answers on clips over time, as the viewer draws and plays them.
import path from 'node:path';
import { packWindow } from '../../shared/contract/trackWindow.ts';
import * as clips from '../store/clips.ts';
import type { CachedSource } from '../tracks/cache.ts';
import type { Implementer } from './answering.ts';
import { featuresCalled } from './features-called.ts';
import type { Services } from './services.ts';

const BINARY = 'application/octet-stream';

export function tracksCalls(os: Implementer['tracks'], { store, tracks }: Services) {
  const sourceOf = (clipId: number): CachedSource => {
    const { folder, path: relative, contentHash } = clips.clipFile(store, clipId);
    return { path: path.join(folder, relative), contentHash };
  };
  const binary = (data: ArrayBufferView): File => new File([data as BlobPart], 'data', { type: BINARY });
  return {
    sound: os.sound.handler(({ input }) => tracks.sound(sourceOf(input.clipId))),
    audio: os.audio.handler(async ({ input }) =>
      binary(await tracks.audio(sourceOf(input.clipId), input.first, input.frames)),
    ),
    window: os.window.handler(async ({ input }) => {
      const { clipId, track, recipe, ...query } = input;
      const { data, low, high, columns, ...rest } = await tracks.window(
        sourceOf(clipId),
        track,
        featuresCalled(store, recipe),
        query,
      );
      return binary(packWindow({ ...rest, low: [...low], high: [...high], columns: [...columns] }, data));
    }),
    values: os.values.handler(async ({ input }) => {
      const { clipId, track, recipe, first, count } = input;
      return binary(
        await tracks.values(sourceOf(clipId), track, featuresCalled(store, recipe), first, count),
      );
    }),
    table: os.table.handler(async ({ input }) => {
      const { clipId, recipe, first, count } = input;
      const text = await tracks.table(
        sourceOf(clipId),
        input.tracks,
        featuresCalled(store, recipe),
        first,
        count,
      );
      return new File([text], 'table.csv', { type: 'text/csv' });
    }),
  };
}
