// Draws the last seconds: probabilities smoothed over raw, silence hatched, pitch and waveform below, and what was said.
// Lines and waveform scroll on a strip; what stands still or changes its words is drawn anew.
import { SHAPES } from '../ui/Mark.svelte';
import { labelStyles } from '../ui/labels.svelte.ts';
import { since, spans, type HeardWindow, type Outline, type Span } from './history.ts';
import { hatch, type Inks } from './inks.ts';
import { pixelNow, type Strip } from './strip.ts';

export interface TimelineState {
  readonly windows: readonly HeardWindow[];
  readonly outline: readonly Outline[];
  readonly labels: readonly string[];
  readonly nowSeconds: number;
  readonly shownSeconds: number;
  readonly threshold: number;
  readonly inks: Inks;
  readonly nameOf: (label: string) => string;
}

const LEFT = 46;
const RIGHT = 104;
const TOP = 6;
const BAND = 18;
const AXIS = 20;
const WAVE = 44;
const GAP = 8;
const LABEL_GAP = 15;
/** Windows farther apart than this are not joined by a line. */
const JOINED_SECONDS = 0.35;
const FAINT = 0.38;
/** Scale of the pitch, in octaves over its bottom. */
const PITCH = { lowHz: 75, highHz: 600 };

interface Frame extends TimelineState {
  readonly g: CanvasRenderingContext2D;
  readonly right: number;
  readonly bottom: number;
  readonly height: number;
  readonly said: readonly Span[];
  readonly x: (seconds: number) => number;
  readonly y: (probability: number) => number;
}

/** Lines are two pixels thick, dots three. */
const REACH = 4;

/** Stands for what `drawTimeline` would draw. */
export function timelineStamp(
  width: number,
  { windows, nowSeconds }: Pick<TimelineState, 'windows' | 'nowSeconds'>,
  shownSeconds: number,
): string {
  return `${pixelNow(nowSeconds, { width: plotWidth(width), shownSeconds })} ${windows.at(-1)?.atSeconds}`;
}

const plotWidth = (width: number): number => width - RIGHT - LEFT;

/** The whole picture, in CSS pixels. @param strip kept from one picture to the next */
export function drawTimeline(
  g: CanvasRenderingContext2D,
  width: number,
  height: number,
  state: TimelineState,
  strip: Strip,
): void {
  const right = width - RIGHT;
  const bottom = height - AXIS - BAND - WAVE - 2 * GAP;
  const { windows, outline, shownSeconds, inks } = state;
  const plot = { width: plotWidth(width), shownSeconds };
  const nowSeconds = pixelNow(state.nowSeconds, plot);
  const frame: Frame = {
    ...{ ...state, nowSeconds },
    ...{ g, right, bottom, height, said: spans(windows) },
    x: (seconds) => right - ((nowSeconds - seconds) / shownSeconds) * plot.width,
    y: (probability) => bottom - (bottom - TOP) * probability,
  };
  g.font = `11px ${inks.font}`;
  drawGrid(frame);
  const settledSeconds = Math.min(
    windows.at(-1)?.atSeconds ?? -Infinity,
    outline.at(-1)?.atSeconds ?? -Infinity,
  );
  const view = { ...plot, nowSeconds, settledSeconds, reach: REACH, height: bottom + GAP + WAVE };
  const layer = strip.update(view, (on, x, fromSeconds) =>
    drawMoving({
      ...frame,
      g: on,
      x,
      windows: since(windows, fromSeconds),
      outline: since(outline, fromSeconds),
    }),
  );
  putOnPixels(g, layer, LEFT);
  g.save();
  g.beginPath();
  g.rect(LEFT, 0, plot.width, height);
  g.clip();
  drawBand(frame);
  g.restore();
  drawEnds(frame);
}

/** Pixel on pixel, wherever the screen's own scale puts it. */
function putOnPixels(g: CanvasRenderingContext2D, layer: HTMLCanvasElement, left: number): void {
  const { a: ratio } = g.getTransform();
  g.save();
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.drawImage(layer, Math.round(left * ratio), 0);
  g.restore();
}

function drawMoving(frame: Frame): void {
  drawSilence(frame);
  for (const label of frame.labels) drawLine(frame, label, 'raw');
  for (const label of frame.labels) drawLine(frame, label, 'smoothed');
  drawWave(frame);
  drawPitch(frame);
}

function drawGrid(frame: Frame): void {
  const { g, right, bottom, height, x, y, inks, threshold, nowSeconds, shownSeconds } = frame;
  g.fillStyle = inks.bed;
  g.fillRect(LEFT, bottom + GAP, right - LEFT, WAVE);
  g.textBaseline = 'middle';
  g.textAlign = 'right';
  g.lineWidth = 1;
  for (const value of [0, 0.25, 0.5, 0.75, 1]) {
    const at = Math.round(y(value)) + 0.5;
    g.strokeStyle = inks.grid;
    line(g, LEFT, at, right, at);
    g.fillStyle = inks.text3;
    g.fillText(value.toFixed(2), LEFT - 8, at);
  }
  g.setLineDash([3, 3]);
  g.strokeStyle = inks.control;
  line(g, LEFT, Math.round(y(threshold)) + 0.5, right, Math.round(y(threshold)) + 0.5);
  g.setLineDash([]);
  g.textBaseline = 'alphabetic';
  for (let ago = shownSeconds; ago >= 0; ago -= 5) {
    g.textAlign = ago === 0 ? 'right' : ago === shownSeconds ? 'left' : 'center';
    g.fillText(ago === 0 ? 'now' : `−${ago} s`, x(nowSeconds - ago), height - 5);
  }
}

function line(g: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  g.beginPath();
  g.moveTo(x1, y1);
  g.lineTo(x2, y2);
  g.stroke();
}

function drawSilence({ g, said, windows, x, bottom, inks }: Frame): void {
  const [first] = windows;
  for (const { state, fromSeconds, untilSeconds } of said) {
    if (state !== 'silence' || !first || untilSeconds < first.atSeconds) continue;
    const from = x(Math.max(fromSeconds, first.atSeconds));
    hatch(g, inks.hatch, x(0), [from, TOP, x(untilSeconds) - from, bottom - TOP]);
  }
}

function drawLine({ g, windows, labels, x, y, inks }: Frame, label: string, of: 'raw' | 'smoothed'): void {
  g.strokeStyle = inks.labels.get(label)!.line;
  g.globalAlpha = of === 'raw' ? FAINT : 1;
  g.lineWidth = of === 'raw' ? 1 : 2;
  g.lineJoin = 'round';
  traceLabel(g, windows, labels.indexOf(label), x, y, of);
  g.globalAlpha = 1;
}

/** A line through the probabilities of one label, broken where nobody spoke. @param index of the label */
export function traceLabel(
  g: CanvasRenderingContext2D,
  windows: readonly HeardWindow[],
  index: number,
  x: (seconds: number) => number,
  y: (probability: number) => number,
  of: 'raw' | 'smoothed' = 'smoothed',
): void {
  g.beginPath();
  let before: number | null = null;
  for (const window of windows) {
    const value = window[of]?.[index];
    if (value === undefined) {
      before = null;
      continue;
    }
    if (before === null || window.atSeconds - before > JOINED_SECONDS)
      g.moveTo(x(window.atSeconds), y(value));
    else g.lineTo(x(window.atSeconds), y(value));
    before = window.atSeconds;
  }
  g.stroke();
}

function drawWave({ g, outline, x, bottom, inks }: Frame): void {
  const top = bottom + GAP;
  const middle = top + WAVE / 2;
  g.strokeStyle = inks.wave;
  g.lineWidth = 1;
  g.beginPath();
  for (const { atSeconds, low, high } of outline) {
    const at = x(atSeconds);
    g.moveTo(at, middle - Math.max(0.5, (high * WAVE) / 2));
    g.lineTo(at, middle + Math.max(0.5, (-low * WAVE) / 2));
  }
  g.stroke();
}

/** Dots on the waveform, an octave as high wherever it lies. */
function drawPitch({ g, windows, x, bottom, inks }: Frame): void {
  const top = bottom + GAP;
  const octaves = Math.log2(PITCH.highHz / PITCH.lowHz);
  g.fillStyle = inks.text;
  for (const { atSeconds, pitchHz } of windows) {
    if (pitchHz === null) continue;
    const part = Math.log2(pitchHz / PITCH.lowHz) / octaves;
    g.beginPath();
    g.arc(x(atSeconds), top + WAVE * (1 - Math.max(0, Math.min(1, part))), 1.5, 0, 2 * Math.PI);
    g.fill();
  }
}

function drawBand({ g, said, x, bottom, inks, nameOf }: Frame): void {
  const top = bottom + WAVE + 2 * GAP;
  g.textBaseline = 'middle';
  g.textAlign = 'left';
  for (const { state, label, fromSeconds, untilSeconds } of said) {
    const from = Math.max(LEFT, x(fromSeconds)) + 0.5;
    const width = x(untilSeconds) - from - 1;
    if (width < 1) continue;
    const ink = label === null ? null : inks.labels.get(label);
    g.fillStyle = ink ? ink.fill : inks.surface;
    g.strokeStyle = ink ? ink.line : inks.line;
    g.fillRect(from, top, width, BAND - 2);
    if (state === 'silence') hatch(g, inks.hatch, x(0), [from, top, width, BAND - 2]);
    g.strokeRect(from, top + 0.5, width, BAND - 3);
    const name = label === null ? nameOf(state) : nameOf(label);
    if (g.measureText(name).width + 12 > width) continue;
    g.fillStyle = ink ? ink.on : inks.text2;
    if (state === 'silence') {
      // The word stands on ground of its own: hatching would eat it.
      g.fillStyle = inks.surface;
      g.fillRect(from + 2, top + 2, g.measureText(name).width + 8, BAND - 6);
      g.fillStyle = inks.text2;
    }
    g.fillText(name, from + 6, top + BAND / 2 - 0.5);
  }
}

/** Names at the end of the lines, none over another. */
function drawEnds({ g, windows, labels, y, bottom, right, inks, nameOf, height }: Frame): void {
  g.textBaseline = 'middle';
  g.textAlign = 'left';
  g.fillStyle = inks.text3;
  g.fillText('sound, pitch ·', right + 10, bottom + GAP + WAVE / 2);
  g.fillText('said', right + 10, height - AXIS - BAND / 2);
  const last = windows.findLast(({ smoothed }) => smoothed !== null)?.smoothed;
  if (!last) return;
  const ends = labels.map((label, i) => ({ label, at: y(last[i]!) })).sort((a, b) => a.at - b.at);
  // Pushed down from the top, then up from the bottom.
  ends.forEach((end, i) => {
    if (i > 0) end.at = Math.max(end.at, ends[i - 1]!.at + LABEL_GAP);
  });
  let most = bottom;
  for (const end of [...ends].reverse()) {
    end.at = Math.min(end.at, most);
    most = end.at - LABEL_GAP;
  }
  for (const { label, at } of ends) {
    g.fillStyle = inks.labels.get(label)!.line;
    g.save();
    g.translate(right + 8, at - 5);
    g.fill(new Path2D(SHAPES[labelStyles.of(label).shape]), 'evenodd');
    g.restore();
    g.fillStyle = inks.text;
    g.fillText(nameOf(label), right + 22, at);
  }
}
