// Answers on live recognition; what is kept of a stream becomes a clip of the corpus of recordings.
import path from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import { decodeSamples } from '../../shared/contract/samples.ts';
import type { LiveRecording, LiveSettings } from '../../shared/contract/schemas.ts';
import { AudioError } from '../audio/audioError.ts';
import { decodeAudioFile } from '../audio/decode.ts';
import { toMono } from '../audio/wav.ts';
import { openCorpus } from '../corpus/open.ts';
import { RECORDINGS_NAME, saveRecording } from '../live/recording.ts';
import { withTemporaryFile } from '../process/temporary-file.ts';
import { clipPage } from '../store/clips.ts';
import { crossing, type Implementer } from './answering.ts';
import type { Services } from './services.ts';

export function liveCalls(os: Implementer['live'], { live, logger, notify, store, workspace }: Services) {
  return {
    start: os.start.handler(async function* ({ input, signal }) {
      try {
        yield* live.listen(input, signal);
      } catch (error) {
        // What a stream throws on its way is past the implementer's own crossing.
        throw crossing(error, logger);
      }
    }),
    push: os.push.handler(({ input }) => {
      live.push(input.sessionId, input.at, samplesOf(input.samples));
    }),
    adjust: os.adjust.handler(({ input }) => live.adjust(input.sessionId, input.settings)),
    useModel: os.useModel.handler(({ input }) => live.useModel(input.sessionId, input.model)),
    calibrate: os.calibrate.handler(({ input: { sessionId, quiet, speech } }) => {
      const span = ({ fromSample, untilSample }: typeof quiet) => ({ from: fromSample, until: untilSample });
      return live.calibrate(sessionId, span(quiet), span(speech));
    }),
    save: os.save.handler(
      async ({ input: { sessionId, fromSample, untilSample } }): Promise<LiveRecording> => {
        const stretch = await live.stretch(sessionId, fromSample, untilSample);
        const { folder, ...recording } = await saveRecording(workspace, stretch);
        const { corpusId } = (await openCorpus(store, { folder }, { name: RECORDINGS_NAME })).summary;
        notify({ type: 'corpora' });
        return { ...recording, corpusId, clipId: clipAt(corpusId, path.basename(recording.file)) };
      },
    ),
    file: os.file.handler(async ({ input: { file, settings, ...model }, signal }) => {
      const { samples, sampleRateHz } = await monoOf(file);
      return live.file(samples, sampleRateHz, model, settings satisfies LiveSettings, signal);
    }),
  };

  function clipAt(corpusId: number, name: string): number | null {
    const filter = { labels: [], speakers: [], sexes: [], search: name, defects: false };
    const { clips } = clipPage(store, corpusId, filter, { key: 'path', descending: false }, 0, 1);
    return clips[0]?.clipId ?? null;
  }
}

function samplesOf(text: string): Float32Array {
  try {
    return decodeSamples(text);
  } catch (error) {
    throw new UserError('BAD_INPUT', `A block of samples cannot be read: ${(error as Error).message}.`);
  }
}

/** At the file's own rate, through the one decoder that reads every format. @throws UserError naming the file */
async function monoOf(file: File): Promise<{ samples: Float32Array; sampleRateHz: number }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const { channels, sampleRateHz } = await withTemporaryFile(bytes, decodeAudioFile);
    return { samples: toMono(channels), sampleRateHz };
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    throw new UserError('UNREADABLE', `${file.name}: ${error.reason}`, { path: file.name });
  }
}
