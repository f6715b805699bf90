// Where sound comes from: a microphone as it is, or a clip in its place; either way through the same capture.
import { LIVE_HOP_SECONDS } from '../../shared/contract/schemas.ts';
import captureUrl from './capture.worklet.ts?worker&url';

/** Samples as the audio thread captured them. */
export interface Block {
  readonly samples: Float32Array<ArrayBuffer>;
  /** Place of the first one since the source was opened. */
  readonly at: number;
  /** When the last one was heard, in milliseconds since 1970. */
  readonly heardMs: number;
}

/** What browsers do to a voice unless they are asked not to; every one of them changes the features. */
const PROCESSING = [
  ['echoCancellation', 'echo cancellation'],
  ['noiseSuppression', 'noise suppression'],
  ['autoGainControl', 'automatic gain'],
] as const;

export interface Source {
  readonly sampleRateHz: number;
  /** As the browser calls it. */
  readonly name: string;
  /** What was asked off and stayed on, in words. */
  readonly keptOn: readonly string[];
  /** What the device holds back before the first block, where it says so. */
  readonly deviceSeconds: number | null;
  /** Null for a clip. */
  readonly track: MediaStreamTrack | null;
  close: () => void;
}

/** Two blocks to a hop: every second one ends where a window does, and no window waits for the rest of a block. */
const BLOCK_SECONDS = LIVE_HOP_SECONDS / 2;

interface Opened {
  readonly context: AudioContext;
  readonly node: AudioWorkletNode;
}

async function openCapture(
  sampleRateHz: number | undefined,
  onBlock: (block: Block) => void,
): Promise<Opened> {
  const context = new AudioContext({
    latencyHint: 'interactive',
    ...(sampleRateHz !== undefined && { sampleRate: sampleRateHz }),
  });
  try {
    const blockSamples = Math.round(BLOCK_SECONDS * context.sampleRate);
    await context.audioWorklet.addModule(new URL(captureUrl, window.location.href).href);
    const node = new AudioWorkletNode(context, 'capture', {
      processorOptions: { blockSamples },
    });
    node.port.onmessage = ({ data }: MessageEvent<Block>) => onBlock(data);
    // Its output is silence; a node that leads nowhere would not run.
    node.connect(context.destination);
    await context.resume();
    return { context, node };
  } catch (error) {
    void context.close();
    throw error;
  }
}

/**
 * Opens a microphone at its own rate, with all processing asked off.
 * @param deviceId '' for the system's choice
 * @throws DOMException NotAllowedError, NotFoundError, OverconstrainedError, NotReadableError as getUserMedia
 */
export async function openMicrophone(deviceId: string, onBlock: (block: Block) => void): Promise<Source> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: {
      ...Object.fromEntries(PROCESSING.map(([name]) => [name, false])),
      ...(deviceId !== '' && { deviceId: { exact: deviceId } }),
    },
  });
  const [track] = stream.getAudioTracks();
  if (!track) throw new DOMException('No audio track', 'NotFoundError');
  try {
    const settings = track.getSettings() as MediaTrackSettings & { latency?: number };
    const { context, node } = await openCapture(settings.sampleRate, onBlock);
    const input = context.createMediaStreamSource(stream);
    input.connect(node);
    return {
      ...{ sampleRateHz: context.sampleRate, track },
      name: track.label || 'Microphone',
      keptOn: PROCESSING.filter(([name]) => settings[name] === true).map(([, words]) => words),
      deviceSeconds: settings.latency ?? null,
      close: () => {
        track.stop();
        input.disconnect();
        node.port.onmessage = null;
        void context.close();
      },
    };
  } catch (error) {
    track.stop();
    throw error;
  }
}

/**
 * Plays a clip aloud and captures it as if it came from a microphone; silence follows it.
 * @param sampleRateHz of the clip: its very samples are captured
 * @param onEnd once it has been heard to its end
 */
export async function openClip(
  wav: File,
  sampleRateHz: number,
  name: string,
  onBlock: (block: Block) => void,
  onEnd: () => void,
): Promise<Source> {
  const { context, node } = await openCapture(sampleRateHz, onBlock);
  try {
    const player = context.createBufferSource();
    player.buffer = await context.decodeAudioData(await wav.arrayBuffer());
    player.onended = onEnd;
    player.connect(node);
    player.connect(context.destination);
    // The capture runs only while something feeds it.
    const silence = context.createConstantSource();
    silence.offset.value = 0;
    silence.connect(node);
    silence.start();
    player.start();
    return {
      ...{ sampleRateHz: context.sampleRate, name, track: null },
      keptOn: [],
      deviceSeconds: null,
      close: () => {
        player.onended = null;
        node.port.onmessage = null;
        void context.close();
      },
    };
  } catch (error) {
    void context.close();
    throw error;
  }
}
