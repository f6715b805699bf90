// The worker that draws the viewer's lanes: it asks the page for what a view lacks, and draws what there is.
import type { TrackName } from '../../../shared/contract/schemas.ts';
import { composed } from './paint/compose.ts';
import {
  clear,
  colourTable,
  type Context,
  drawCurve,
  drawOutline,
  drawPicture,
  drawSamples,
  drawUnseen,
  type Place,
} from './paint/draw.ts';
import type {
  ClipOnScreen,
  FromPainter,
  Lane,
  Palette,
  SamplesNeed,
  ToPainter,
  WindowNeed,
} from './paint/protocol.ts';
import { Samples } from './paint/samples.ts';
import { PaintedTrack } from './paint/track.ts';
import type { View } from './view.ts';

/** While something on screen is being computed it is looked for so often. */
const LOOK_MS = 120;

const canvases = new Map<TrackName, OffscreenCanvas>();
const tracks = new Map<TrackName, PaintedTrack>();
const tables = new Map<TrackName, { key: string; table: Uint32Array }>();
let palette: Palette | null = null;
let clip: ClipOnScreen | null = null;
let samples: Samples | null = null;
let view: View | null = null;
let lanes: readonly Lane[] = [];
let ratio = 1;
let frame = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const tell = (message: FromPainter): void => self.postMessage(message);

self.onmessage = ({ data }: MessageEvent<ToPainter>) => {
  receive(data);
  // What the first picture needs is asked for before the next frame comes.
  if (data.type === 'clip' && clip && view)
    for (const { track } of lanes) ask(trackOf(track), performance.now());
  frame ||= requestAnimationFrame(paint);
};

function receive(message: ToPainter): void {
  switch (message.type) {
    case 'canvas':
      canvases.set(message.track, message.canvas);
      break;
    case 'gone':
      canvases.delete(message.track);
      break;
    case 'palette':
      palette = message.palette;
      tables.clear();
      for (const track of tracks.values()) track.forgetPictures();
      break;
    case 'clip':
      clip = message.clip;
      samples = clip && new Samples(clip);
      for (const track of tracks.values()) track.clear();
      break;
    case 'view':
      ({ view, ratio, lanes } = message);
      break;
    case 'window':
      if (message.need.generation !== clip?.generation) break;
      trackOf(message.need.track).take(message.need, message.window, performance.now());
      break;
    case 'samples':
      if (message.need.generation === clip?.generation) samples?.take(message.need, message.data);
      break;
    case 'failed':
      if (message.generation === clip?.generation) trackOf(message.track).failed = true;
      break;
    case 'export':
      void exportPicture(message.order);
  }
}

function trackOf(name: TrackName): PaintedTrack {
  const known = tracks.get(name);
  if (known) return known;
  const track = new PaintedTrack(name);
  tracks.set(name, track);
  return track;
}

function paint(): void {
  frame = 0;
  clearTimeout(timer);
  if (!view || !palette || view.widthPx <= 0) return;
  const now = performance.now();
  let whole = true;
  for (const { track: name, heightPx } of lanes) {
    const canvas = canvases.get(name);
    if (!canvas || heightPx <= 0) continue;
    if (clip) whole = ask(trackOf(name), now) && whole;
    const [width, height] = [Math.round(view.widthPx * ratio), Math.round(heightPx * ratio)];
    // Setting a size clears, even to the same.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    drawLane(canvas.getContext('2d')!, name, heightPx, ratio);
  }
  if (!clip) return;
  const outline = tracks.get('outline');
  if (outline?.meta && outline.meta.done > 0) tell({ type: 'painted', generation: clip.generation, whole });
  if (!whole) timer = setTimeout(() => (frame ||= requestAnimationFrame(paint)), LOOK_MS);
}

/** Asks for what a lane lacks; true where nothing of it is missing. */
function ask(track: PaintedTrack, now: number): boolean {
  const { needs, whole } = track.needs(view!, ratio, clip!.generation, now);
  const all: (WindowNeed | SamplesNeed)[] = needs;
  const near = track.name === 'outline' && samples!.isNear(view!, ratio);
  if (near) all.push(...samples!.needs(view!));
  for (const need of all) tell(need);
  return whole && (!near || samples!.isWhole(view!));
}

function drawLane(g: Context, name: TrackName, heightPx: number, scale: number): void {
  const place: Place = { g, view: view!, heightPx, ratio: scale, palette: palette! };
  clear(place);
  if (!clip) return;
  const track = trackOf(name);
  if (!track.meta) return;
  if (name === 'outline') {
    const peak = Math.max(Math.abs(track.meta.low[0]!), track.meta.high[0]!);
    if (samples?.isNear(place.view, scale) && samples.isWhole(place.view)) drawSamples(place, samples, peak);
    else drawOutline(place, track, peak);
    return;
  }
  if (track.meta.kind === 'uint8') drawPicture(place, track, tableOf(track));
  else drawCurve(place, track);
  const { inputSeconds, soundSeconds } = clip;
  if (inputSeconds === null) return;
  const framesEnd = (track.meta.records - 0.5) * track.meta.stepSeconds;
  const cut = inputSeconds < framesEnd - 1e-9;
  if (name === 'mfcc') drawUnseen(place, cut ? inputSeconds : framesEnd, cut);
  else if (inputSeconds < soundSeconds) markInput(place, inputSeconds);
}

/** In other tracks a line says where the network's input ends. */
function markInput({ g, view: shown, heightPx }: Place, seconds: number): void {
  const x = ((seconds - shown.startSeconds) / shown.spanSeconds) * shown.widthPx;
  g.fillStyle = palette!.text;
  g.fillRect(x - 0.5, 0, 1, heightPx);
}

function tableOf(track: PaintedTrack): Uint32Array {
  const key = `${track.brightest} ${track.meta!.low[0]} ${track.meta!.high[0]}`;
  const known = tables.get(track.name);
  if (known?.key === key) return known.table;
  const table = colourTable(track, palette!);
  tables.set(track.name, { key, table });
  return table;
}

async function exportPicture(order: Parameters<typeof composed>[0]): Promise<void> {
  if (!view || !palette) return;
  const canvas = composed(order, {
    view,
    palette,
    heightOf: (name) => lanes.find(({ track }) => track === name)?.heightPx ?? 0,
    draw: drawLane,
  });
  tell({ type: 'exported', blob: await canvas.convertToBlob({ type: 'image/png' }) });
}
