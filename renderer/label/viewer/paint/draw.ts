// Draws lanes into their canvases: outline, samples, pictures, curves, and what the network does not see.
import { cividis, mixRgb, parseHex, type Rgb } from '../../../ui/rgb.ts';
import { pixelOf, secondsAt, type View } from '../view.ts';
import type { Palette } from './protocol.ts';
import type { Samples } from './samples.ts';
import type { PaintedTrack, Stretch } from './track.ts';

export type Context = OffscreenCanvasRenderingContext2D;

export interface Place {
  readonly g: Context;
  readonly view: View;
  readonly heightPx: number;
  readonly ratio: number;
  readonly palette: Palette;
}

/** From the loudest down to where the picture is as light as the page, in dB. */
const SPECTROGRAM_RANGE_DB = 70;
/** Pixels to a sample from which on single samples are marked. */
const MARKED_PX = 6;
const HATCH_PX = 6;
const FADED = 0.68;
/** Room above the loudest peak, as a share of the half height. */
const HEADROOM = 0.94;

export function clear({ g, view, heightPx, ratio, palette }: Place): void {
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.fillStyle = palette.bed;
  g.fillRect(0, 0, view.widthPx, heightPx);
}

/** Half height in pixels of a value of 1, so that the loudest fills the lane. */
function scaleOf(heightPx: number, peak: number): number {
  return (heightPx / 2 / Math.max(peak, 1e-4)) * HEADROOM;
}

export function drawOutline(place: Place, track: PaintedTrack, peak: number): void {
  const { g, view, heightPx, ratio, palette } = place;
  const middle = heightPx / 2;
  const scale = scaleOf(heightPx, peak) / 32_767;
  g.fillStyle = palette.wave;
  // A column a device pixel, each the least and largest of the pairs that fall into it.
  const columns = Math.ceil(view.widthPx * ratio);
  const low = new Float32Array(columns).fill(Infinity);
  const high = new Float32Array(columns).fill(-Infinity);
  for (const { tile, from, to, left, right } of track.stretches(view, ratio)) {
    const perRecord = ((right - left) * ratio) / (to - from);
    const { numbers } = tile.data;
    for (let i = Math.floor(from); i < Math.ceil(to); i += 1) {
      const start = Math.floor(left * ratio + (i - from) * perRecord);
      const end = Math.max(start + 1, Math.floor(left * ratio + (i + 1 - from) * perRecord));
      for (let x = Math.max(0, start); x < Math.min(columns, end); x += 1) {
        low[x] = Math.min(low[x]!, numbers[2 * i]!);
        high[x] = Math.max(high[x]!, numbers[2 * i + 1]!);
      }
    }
  }
  const width = 1 / ratio;
  for (let x = 0; x < columns; x += 1) {
    if (low[x]! > high[x]!) continue;
    const top = middle - high[x]! * scale;
    g.fillRect(x / ratio, top, width, Math.max(width, middle - low[x]! * scale - top));
  }
}

export function drawSamples(place: Place, samples: Samples, peak: number): void {
  const { g, view, heightPx, ratio, palette } = place;
  const middle = heightPx / 2;
  const scale = scaleOf(heightPx, peak);
  const rate = samples.clip.sampleRateHz;
  const perPixel = (view.spanSeconds * rate) / (view.widthPx * ratio);
  g.fillStyle = g.strokeStyle = palette.wave;
  if (perPixel >= 1) {
    for (let x = 0; x < view.widthPx * ratio; x += 1) {
      const from = Math.floor(secondsAt(view, x / ratio) * rate);
      const found = samples.range(
        from,
        Math.max(from + 1, Math.floor(secondsAt(view, (x + 1) / ratio) * rate) + 1),
      );
      if (!found) continue;
      const top = middle - found[1] * scale;
      g.fillRect(x / ratio, top, 1 / ratio, Math.max(1 / ratio, middle - found[0] * scale - top));
    }
    return;
  }
  const first = Math.max(0, Math.floor(view.startSeconds * rate) - 1);
  const last = Math.min(
    samples.clip.frames - 1,
    Math.ceil((view.startSeconds + view.spanSeconds) * rate) + 1,
  );
  const marked = 1 / perPixel / ratio >= MARKED_PX;
  g.lineWidth = 1.25;
  g.beginPath();
  for (let at = first; at <= last; at += 1) {
    const value = samples.at(at);
    if (value !== null) g.lineTo(pixelOf(view, at / rate), middle - value * scale);
  }
  g.stroke();
  for (let at = first; marked && at <= last; at += 1) {
    const value = samples.at(at);
    if (value !== null) g.fillRect(pixelOf(view, at / rate) - 1.5, middle - value * scale - 1.5, 3, 3);
  }
}

/** Colours of bytes 0..255, as a canvas holds them (little-endian RGBA). */
export function colourTable(track: PaintedTrack, palette: Palette): Uint32Array {
  const table = new Uint32Array(256);
  const [low, high] = [parseHex(palette.inkLow), parseHex(palette.inkHigh)];
  const stepDb = (track.meta!.high[0]! - track.meta!.low[0]!) / 255;
  const floor = track.name === 'spectrogram' ? track.brightest - SPECTROGRAM_RANGE_DB / stepDb : 0;
  const top = track.name === 'spectrogram' ? track.brightest : 255;
  for (let byte = 0; byte < 256; byte += 1) {
    const share = Math.max(0, Math.min(1, (byte - floor) / Math.max(1, top - floor)));
    const rgb: Rgb = track.name === 'mfcc' ? cividis(share) : mixRgb(low, high, share);
    table[byte] = (0xff << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0];
  }
  return table;
}

/** A tile as a picture: a column a record, the lowest row at the bottom. */
function pictureOf({ tile }: Stretch, width: number, table: Uint32Array): OffscreenCanvas {
  const { count, data } = tile;
  const pixels = new Uint32Array(count * width);
  for (let record = 0, at = 0; record < count; record += 1) {
    for (let row = 0; row < width; row += 1, at += 1) {
      pixels[(width - 1 - row) * count + record] = table[data.numbers[at]!]!;
    }
  }
  const canvas = new OffscreenCanvas(count, width);
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), count, width);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

export function drawPicture(place: Place, track: PaintedTrack, table: Uint32Array): void {
  const { g, view, heightPx, ratio } = place;
  const width = track.meta!.width;
  for (const stretch of track.stretches(view, ratio)) {
    const { tile, from, to, left, right } = stretch;
    tile.data.picture ??= pictureOf(stretch, width, table);
    // Cells stay cells when they are large; fine detail is averaged, not dropped.
    const perRecord = ((right - left) * ratio) / (to - from);
    g.imageSmoothingEnabled = perRecord < 1 || (width * 1.5 > heightPx * ratio && perRecord < 3);
    g.imageSmoothingQuality = 'low';
    const snap = (x: number): number => Math.round(x * ratio) / ratio;
    const [x0, x1] = [snap(left), snap(right)];
    g.drawImage(tile.data.picture, from, 0, to - from, width, x0, 0, Math.max(1 / ratio, x1 - x0), heightPx);
  }
}

/** Where a value of a curve stands, 0 (bottom) to 1: F0 by its logarithm, RMS from 0 on. */
export function curveHeight(name: string, low: number, high: number, value: number): number {
  if (name === 'f0') {
    const [from, to] = [Math.log(low * 0.9), Math.log(Math.max(high * 1.1, low))];
    return to > from ? (Math.log(value) - from) / (to - from) : 0.5;
  }
  return high > 0 ? (value / high) * HEADROOM : 0;
}

export function drawCurve(place: Place, track: PaintedTrack): void {
  const { g, view, heightPx, ratio, palette } = place;
  const [low, high] = [track.meta!.low[0]!, track.meta!.high[0]!];
  if (high === 0) return;
  const y = (value: number): number => heightPx * (1 - curveHeight(track.name, low, high, value));
  g.strokeStyle = palette.text2;
  g.lineWidth = 1.5;
  g.lineJoin = 'round';
  g.beginPath();
  for (const { tile, from, to, left, right } of track.stretches(view, ratio)) {
    const perRecord = (right - left) / (to - from);
    const { numbers } = tile.data;
    let before = false;
    for (let i = Math.max(0, Math.floor(from) - 1); i < Math.min(tile.count, Math.ceil(to) + 1); i += 1) {
      const [least, most] = [numbers[2 * i]!, numbers[2 * i + 1]!];
      const isVoid = track.name === 'f0' && most === 0;
      const x = left + (i + 0.5 - from) * perRecord;
      if (!isVoid) {
        if (before) g.lineTo(x, y(least));
        else g.moveTo(x - (track.name === 'f0' ? perRecord / 2 : 0), y(least));
        g.lineTo(x, y(most));
        if (track.name === 'f0' && (i + 1 >= tile.count || numbers[2 * i + 3] === 0)) {
          g.lineTo(x + perRecord / 2, y(most));
        }
      }
      before = !isVoid;
    }
  }
  g.stroke();
}

/** Frames that the network does not see are faded and hatched; frames that are added to fill its input, hatched. */
export function drawUnseen({ g, view, heightPx, palette }: Place, fromSeconds: number, cut: boolean): void {
  const from = pixelOf(view, fromSeconds);
  const to = view.widthPx;
  if (from >= to) return;
  const left = Math.max(0, from);
  if (cut) {
    g.globalAlpha = FADED;
    g.fillStyle = palette.bed;
    g.fillRect(left, 0, to - left, heightPx);
    g.globalAlpha = 1;
  }
  g.save();
  g.beginPath();
  g.rect(left, 0, to - left, heightPx);
  g.clip();
  g.strokeStyle = palette.hatch;
  g.lineWidth = 1;
  g.beginPath();
  // From a multiple of the distance on, so that the lines stand still while the view scrolls.
  const phase = ((from % HATCH_PX) + HATCH_PX) % HATCH_PX;
  for (let x = left - heightPx - HATCH_PX + (phase - (left % HATCH_PX)); x < to; x += HATCH_PX) {
    g.moveTo(x, heightPx);
    g.lineTo(x + heightPx, 0);
  }
  g.stroke();
  g.restore();
  if (from >= 0) {
    g.fillStyle = palette.text;
    g.fillRect(from - 0.75, 0, 1.5, heightPx);
  }
}
