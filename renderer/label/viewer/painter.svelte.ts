// The page's side of the worker that draws: hands it canvases, colours and the view, and fetches what it asks for.
import { SvelteMap } from 'svelte/reactivity';
import type { TrackName } from '../../../shared/contract/schemas.ts';
import { unpackWindow } from '../../../shared/contract/trackWindow.ts';
import { engine } from '../../state/engine.svelte.ts';
import { isAbort } from '../../ui/errors.ts';
import { theme } from '../../ui/theme.svelte.ts';
import type {
  ClipOnScreen,
  ExportOrder,
  FromPainter,
  Lane,
  Palette,
  SamplesNeed,
  ToPainter,
  WindowData,
  WindowNeed,
} from './paint/protocol.ts';
import { startPainter } from './startPainter.ts';
import type { View } from './view.ts';

/** What is known of a track on screen. */
export type TrackState = Omit<WindowData, 'data' | 'first' | 'kind'>;

export class Painter {
  /** Of the clip on screen; a track is absent while nothing is known of it. */
  readonly states = new SvelteMap<TrackName, TrackState>();
  readonly errors = new SvelteMap<TrackName, unknown>();
  /** The clip whose outline has been drawn; null before it is. */
  paintedClipId = $state<number | null>(null);
  /** Whether nothing that the view shows is still to come. */
  whole = $state(false);
  readonly #worker = startPainter();
  #clipId: number | null = null;
  #recipe = '';
  #generation = 0;
  #ended = new AbortController();
  #exported: ((blob: Blob) => void)[] = [];

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FromPainter>) => this.#receive(data);
  }

  /** Gives a lane's canvas away: only the worker draws on it. Returns the end of that. */
  attach(track: TrackName, canvas: HTMLCanvasElement): () => void {
    const offscreen = canvas.transferControlToOffscreen();
    this.#worker.postMessage({ type: 'canvas', track, canvas: offscreen } satisfies ToPainter, [offscreen]);
    return () => this.#tell({ type: 'gone', track });
  }

  /** Another clip, or the same once more by another recipe or after a failure. @param recipe its name */
  show(clipId: number, recipe: string, clip: Omit<ClipOnScreen, 'generation'>): void {
    this.#begin(clipId);
    this.#recipe = recipe;
    this.#tell({ type: 'clip', clip: { ...clip, generation: this.#generation } });
  }

  clear(): void {
    this.#begin(null);
    this.#tell({ type: 'clip', clip: null });
  }

  look(view: View, ratio: number, lanes: readonly Lane[]): void {
    this.#tell({ type: 'view', view: { ...view }, ratio, lanes });
  }

  /** Reads the theme's colours; inside an effect it follows them. */
  paintIn(): void {
    const token = (name: string): string => theme.token(name);
    const palette: Palette = {
      ...{ wave: token('wave'), text: token('text'), text2: token('text-2') },
      ...{ surface: token('surface-1'), bed: token('surface-2') },
      ...{ hatch: token('hatch'), inkLow: token('ink-lo'), inkHigh: token('ink-hi') },
      font: getComputedStyle(document.body).fontFamily,
    };
    this.#tell({ type: 'palette', palette });
  }

  /** The lanes as they stand, with axes and names, as a PNG. */
  export(order: ExportOrder): Promise<Blob> {
    return new Promise((resolve) => {
      this.#exported.push(resolve);
      this.#tell({ type: 'export', order });
    });
  }

  close(): void {
    this.#ended.abort();
    this.#worker.terminate();
  }

  #begin(clipId: number | null): void {
    this.#generation += 1;
    this.#clipId = clipId;
    this.#ended.abort();
    this.#ended = new AbortController();
    this.paintedClipId = null;
    this.whole = false;
    this.states.clear();
    this.errors.clear();
  }

  #tell(message: ToPainter): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromPainter): void {
    if (message.type === 'exported') this.#exported.shift()?.(message.blob);
    else if (message.generation !== this.#generation) return;
    else if (message.type === 'painted') {
      this.paintedClipId = this.#clipId;
      this.whole = message.whole;
    } else void this.#fetch(message);
  }

  async #fetch(need: WindowNeed | SamplesNeed): Promise<void> {
    const clipId = this.#clipId;
    if (clipId === null) return;
    const { signal } = this.#ended;
    try {
      if (need.type === 'samples') {
        const { first, frames } = need;
        const file = await engine.client.tracks.audio({ clipId, first, frames }, { signal });
        this.#hand({ type: 'samples', need, data: await file.arrayBuffer() });
      } else {
        const { track, level, first, count } = need;
        const recipe = this.#recipe;
        const asked = { clipId, recipe, track, level, first, count };
        const file = await engine.client.tracks.window(asked, { signal });
        const { data, ...rest } = unpackWindow(await file.arrayBuffer());
        if (signal.aborted) return;
        this.#note(track, rest);
        this.#hand({ type: 'window', need, window: { ...rest, data } });
      }
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      const track = need.type === 'samples' ? 'outline' : need.track;
      this.errors.set(track, error);
      this.#tell({ type: 'failed', generation: need.generation, track });
    }
  }

  #hand(message: Extract<ToPainter, { type: 'window' | 'samples' }>): void {
    const data = message.type === 'window' ? message.window.data : message.data;
    this.#worker.postMessage(message, [data]);
  }

  /** Told on only where it says something new: every window says it. */
  #note(track: TrackName, { width, records, done, stepSeconds, low, high, columns }: TrackNote): void {
    if (records === 0) return;
    const known = this.states.get(track);
    if (known?.done === done && known.low[0] === low[0] && known.high[0] === high[0]) return;
    this.states.set(track, { width, records, done, stepSeconds, low, high, columns });
  }
}

type TrackNote = TrackState & { readonly first: number };
