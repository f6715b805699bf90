// The timeline of the clip on screen: one zoom and one scroll for the waveform, every track and what is laid over them.
//
// To lay something over the waveform: give ClipViewer an `overlay` snippet. It is drawn into a box that covers the
// waveform lane (position: relative, left edge = startSeconds, width = widthPx); place children by
// `left: {timeline.pixelOf(seconds)}px` and read times from pointer events by `timeline.secondsAt(offsetX)`. The box
// takes no pointer events itself; children that want them set `pointer-events: auto`.
import { kept, pixelOf, revealing, secondsAt, zoomed, type View } from './view.ts';

/** Closest zoom: this many CSS pixels to a sample. */
const PIXELS_PER_SAMPLE = 16;
/** Factor of one step of the zoom keys. */
export const ZOOM_STEP = Math.SQRT2;

class Timeline {
  /** The clip it is about; null before there is one. */
  clipId = $state<number | null>(null);
  /** Length of the sound. */
  soundSeconds = $state(0);
  /** Length of the axis: the sound, or the frames the network sees where that is longer. */
  lengthSeconds = $state(0);
  /** Of the file: one sample is 1 / sampleRateHz long. */
  sampleRateHz = $state(48_000);
  /** Width of the lanes in CSS pixels. */
  widthPx = $state(0);
  #start = $state(0);
  /** null: all of the axis, whatever its length becomes. */
  #span = $state<number | null>(null);

  readonly #axis = $derived({
    lengthSeconds: Math.max(this.lengthSeconds, 1e-3),
    leastSeconds: Math.max(1, this.widthPx) / PIXELS_PER_SAMPLE / this.sampleRateHz,
  });
  /** What is on screen: reactive, inside the axis at any time. */
  readonly view: View = $derived(
    kept(
      { startSeconds: this.#start, spanSeconds: this.#span ?? Infinity, widthPx: this.widthPx },
      this.#axis,
    ),
  );
  readonly startSeconds = $derived(this.view.startSeconds);
  readonly endSeconds = $derived(this.view.startSeconds + this.view.spanSeconds);
  readonly secondsPerPixel = $derived(this.view.spanSeconds / Math.max(1, this.widthPx));
  /** Whether all of the axis is on screen. */
  readonly isFitted = $derived(this.view.spanSeconds >= this.#axis.lengthSeconds);

  /** Another clip: all of it on screen. The same clip again (its length may be known better now) keeps the view. */
  show(clipId: number, soundSeconds: number, sampleRateHz: number, lengthSeconds = soundSeconds): void {
    if (clipId !== this.clipId) this.fit();
    this.clipId = clipId;
    this.soundSeconds = soundSeconds;
    this.sampleRateHz = sampleRateHz;
    this.lengthSeconds = Math.max(soundSeconds, lengthSeconds);
  }

  /** Pixels from the lane's left edge; beyond 0..widthPx where the time is off screen. */
  pixelOf(seconds: number): number {
    return pixelOf(this.view, seconds);
  }

  /** Time at a distance from the lane's left edge, in seconds; not clamped to the sound. */
  secondsAt(pixel: number): number {
    return secondsAt(this.view, pixel);
  }

  /** Nearest time inside the sound. */
  inSound(seconds: number): number {
    return Math.max(0, Math.min(this.soundSeconds, seconds));
  }

  /** Zooms by a factor (above 1: closer) around a time, by default the middle of the screen. */
  zoomBy(factor: number, aroundSeconds = (this.startSeconds + this.endSeconds) / 2): void {
    this.#take(zoomed(this.view, this.#axis, factor, aroundSeconds));
  }

  /** Shows exactly this stretch, as far as the closest zoom allows. */
  zoomTo(fromSeconds: number, toSeconds: number): void {
    this.#take({
      ...this.view,
      startSeconds: fromSeconds,
      spanSeconds: Math.max(0, toSeconds - fromSeconds),
    });
  }

  scrollBy(pixels: number): void {
    this.scrollTo(this.startSeconds + pixels * this.secondsPerPixel);
  }

  /** Puts a time at the left edge. */
  scrollTo(startSeconds: number): void {
    this.#take({ ...this.view, startSeconds });
  }

  /** Scrolls by the least that brings a time or a stretch on screen. */
  reveal(fromSeconds: number, toSeconds = fromSeconds): void {
    this.#take(revealing(this.view, this.#axis, fromSeconds, toSeconds));
  }

  /** All of the axis on screen. */
  fit(): void {
    this.#start = 0;
    this.#span = null;
  }

  #take(view: View): void {
    const { startSeconds, spanSeconds } = kept(view, this.#axis);
    this.#start = startSeconds;
    this.#span = spanSeconds >= this.#axis.lengthSeconds ? null : spanSeconds;
  }
}

export const timeline = new Timeline();
