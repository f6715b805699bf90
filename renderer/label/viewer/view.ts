// Where a time is on screen: the arithmetic of zooming and scrolling, pure, so that it can be tested.

/** What part of the axis is on screen, and on how many pixels. All times in seconds, all lengths in CSS pixels. */
export interface View {
  readonly startSeconds: number;
  readonly spanSeconds: number;
  readonly widthPx: number;
}

export interface Axis {
  /** Length of the axis: of the sound, or of the frames the network sees where that is longer. */
  readonly lengthSeconds: number;
  /** The shortest stretch that may fill the screen. */
  readonly leastSeconds: number;
}

export function pixelOf(view: View, seconds: number): number {
  return ((seconds - view.startSeconds) / view.spanSeconds) * view.widthPx;
}

export function secondsAt(view: View, pixel: number): number {
  return view.startSeconds + (pixel / Math.max(1, view.widthPx)) * view.spanSeconds;
}

/** The nearest view that lies inside the axis. */
export function kept(view: View, { lengthSeconds, leastSeconds }: Axis): View {
  const spanSeconds = Math.min(
    Math.max(view.spanSeconds, Math.min(leastSeconds, lengthSeconds)),
    lengthSeconds,
  );
  const startSeconds = Math.max(0, Math.min(view.startSeconds, lengthSeconds - spanSeconds));
  return { startSeconds, spanSeconds, widthPx: view.widthPx };
}

/** Zoomed by `factor` (above 1: closer) while the time at `seconds` stays where it is on screen. */
export function zoomed(view: View, axis: Axis, factor: number, seconds: number): View {
  const { spanSeconds } = kept({ ...view, spanSeconds: view.spanSeconds / factor }, axis);
  const share = (seconds - view.startSeconds) / view.spanSeconds;
  return kept({ ...view, startSeconds: seconds - share * spanSeconds, spanSeconds }, axis);
}

/** Moved by the least that brings a stretch on screen, with a tenth of the screen beside it; the same view if it is. */
export function revealing(view: View, axis: Axis, fromSeconds: number, toSeconds = fromSeconds): View {
  const end = view.startSeconds + view.spanSeconds;
  if (fromSeconds >= view.startSeconds && toSeconds <= end) return view;
  const margin = view.spanSeconds / 10;
  const fits = toSeconds - fromSeconds <= view.spanSeconds - 2 * margin;
  const startSeconds =
    fromSeconds < view.startSeconds || !fits ? fromSeconds - margin : toSeconds + margin - view.spanSeconds;
  return kept({ ...view, startSeconds }, axis);
}
