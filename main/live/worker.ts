// The live process: hears a stream and answers its windows, apart from the engine's own work.
import { UserError } from '../../shared/contract/errors.ts';
import { LIVE_KEPT_SECONDS, type LiveWindow } from '../../shared/contract/schemas.ts';
import { columnNames, inputShape } from '../../shared/recipe/columns.ts';
import { askModels } from '../inference/ask-models.ts';
import { Models } from '../inference/models.ts';
import { tellParent } from '../process/parent.ts';
import { calibrate } from './calibrate.ts';
import { collectNowAndThen } from './collecting.ts';
import { Listener, type ListenerModel, type Predict } from './listener.ts';
import type { FromLive, LiveModelFiles, LiveQuestions, QuestionName, ToLive } from './protocol.ts';

/** Answers before the first that counts: code is compiled by then. */
const WARM_UPS = 5;

const models = new Models({ direct: true });
let listener: Listener | null = null;
let features: LiveModelFiles['features'] | null = null;

const send = (message: FromLive): void => tellParent(message);

/** For networks that are not answered directly: one clip pays for calls, not for sums, and WebAssembly's are cheaper. */
const BACKEND = 'wasm';

/**
 * Loads and warms a model. Whoever speaks into a microphone is a speaker that no training clip knows: a recipe that
 * normalises over speakers takes them by what calibration measured, else by the training clips.
 */
async function prepare({ folders, features, labels }: LiveModelFiles): Promise<ListenerModel> {
  const { frames, coefficients } = inputShape(features);
  const ask = await askModels(folders, features, (asked, input) => models.predict(asked, input, BACKEND));
  const names = columnNames(features).join();
  const predict: Predict = (matrix, calibrated) => {
    const statistics = calibrated?.names.join() === names ? calibrated : undefined;
    return ask([{ matrix, speaker: null, statistics }]);
  };
  const silence = { frames, coefficients, values: new Float32Array(frames * coefficients) };
  for (let i = 0; i < WARM_UPS; i++) await predict(silence, null);
  return { features, labels, predict };
}

type Handlers = {
  [Name in QuestionName]: (input: LiveQuestions[Name][0]) => Promise<LiveQuestions[Name][1]>;
};

const handlers: Handlers = {
  async start({ sampleRateHz, model, settings }) {
    features = model.features;
    listener = await Listener.create({
      ...{ sampleRateHz, settings },
      model: await prepare(model),
      everyWindow: false,
      keptSeconds: LIVE_KEPT_SECONDS,
    });
    // One stream a process, to its end.
    collectNowAndThen();
    return null;
  },
  async useModel({ model, settings }) {
    const prepared = await prepare(model);
    features = model.features;
    current().use(prepared);
    current().adjust(settings);
    return null;
  },
  async stretch({ fromSample, untilSample }) {
    const { ring, windows } = current();
    const from = Math.min(Math.max(fromSample, ring.start), ring.end);
    const until = Math.max(from, Math.min(untilSample, ring.end));
    return {
      fromSample: from,
      samples: ring.slice(from, until),
      windows: windows.filter(({ startSample, endSample }) => startSample >= from && endSample <= until),
    };
  },
  async calibrate({ quiet, speech }) {
    const { ring, sampleRateHz } = current();
    const kept = ({ from, until }: { from: number; until: number }): Float32Array => {
      const start = Math.max(from, ring.start);
      return ring.slice(start, Math.max(start, Math.min(until, ring.end)));
    };
    return calibrate({ quiet: kept(quiet), speech: kept(speech), sampleRateHz }, features!);
  },
  async file({ samples, sampleRateHz, model, settings }) {
    const all = await Listener.create({
      ...{ sampleRateHz, settings },
      model: await prepare(model),
      everyWindow: true,
      keptSeconds: 2 * LONGEST_STEP_SECONDS,
    });
    const windows: LiveWindow[] = [];
    const block = Math.round(BLOCK_SECONDS * sampleRateHz);
    for (let at = 0; at < samples.length; at += block) {
      all.push(samples.subarray(at, at + block), at);
      while (all.due) windows.push(await all.step());
    }
    return windows;
  },
};

/** Blocks that a file is heard in, about as a microphone gives them. */
const BLOCK_SECONDS = 0.02;
/** Longer than any window. */
const LONGEST_STEP_SECONDS = 4;

function current(): Listener {
  if (!listener) throw new UserError('UNAVAILABLE', 'Nothing is being listened to.');
  return listener;
}

async function answer<Name extends QuestionName>(
  id: number,
  name: Name,
  input: LiveQuestions[Name][0],
): Promise<void> {
  try {
    send({ type: 'answer', id, value: await handlers[name](input) });
  } catch (error) {
    const known = error instanceof UserError ? error : null;
    send({
      ...{ type: 'failure', id },
      message: error instanceof Error ? error.message : String(error),
      ...{ code: known?.code ?? null, data: known?.data ?? null },
    });
  }
}

let stepping = false;

/** Answers what is due, one window a turn: samples that came meanwhile are taken first. */
async function step(): Promise<void> {
  const heard = listener;
  if (stepping || !heard?.due) return;
  stepping = true;
  try {
    const window = await heard.step();
    const { droppedWindows, missedSamples } = heard;
    send({ type: 'window', window, droppedWindows, missedSamples });
  } finally {
    stepping = false;
  }
  setImmediate(() => void step());
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToLive) => {
  if (message.type === 'push') {
    listener?.push(message.samples, message.at);
    setImmediate(() => void step());
  } else if (message.type === 'adjust') {
    listener?.adjust(message.settings);
  } else {
    void answer(message.id, message.name, message.input as never);
  }
});
