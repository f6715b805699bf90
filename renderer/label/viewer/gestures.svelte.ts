// What the pointer does over the lanes: it shows where it is, seeks, scrolls and zooms.
import { player } from '../../state/player.svelte.ts';
import { timeline } from './timeline.svelte.ts';

const WHEEL_ZOOM = 1 / 300;
/** Pixels of a line of a wheel that counts in lines. */
const LINE_PX = 16;

export class Gestures {
  /** Where the pointer is: pixels from the lanes' left edge, and a height in a lane, 0 at its bottom; null: over none. */
  pointer = $state.raw<{ px: number; track: string; share: number } | null>(null);
  #box: HTMLElement | null = null;

  /** Listens on the box around the lanes. Returns the end of that. */
  attach(box: HTMLElement): () => void {
    this.#box = box;
    const wheel = (event: WheelEvent): void => this.#wheel(event, box);
    const move = (event: PointerEvent): void => {
      this.#follow(event);
      if (box.hasPointerCapture(event.pointerId)) this.#seek(event);
    };
    const leave = (): void => this.forget();
    const press = (event: PointerEvent): void => this.#press(event, box);
    // Not passive: Ctrl and the wheel would zoom the page.
    box.addEventListener('wheel', wheel, { passive: false });
    box.addEventListener('pointermove', move);
    box.addEventListener('pointerleave', leave);
    box.addEventListener('pointerdown', press);
    return () => {
      box.removeEventListener('wheel', wheel);
      box.removeEventListener('pointermove', move);
      box.removeEventListener('pointerleave', leave);
      box.removeEventListener('pointerdown', press);
    };
  }

  /** The playhead is what is read from now on. */
  forget(): void {
    this.pointer = null;
  }

  #wheel(event: WheelEvent, box: HTMLElement): void {
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const [dx, dy] = [event.deltaX * lines, event.deltaY * lines];
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      timeline.zoomBy(Math.exp(-dy * WHEEL_ZOOM), this.#secondsAt(event));
      return;
    }
    const overflows = box.scrollHeight > box.clientHeight + 1;
    const across = dx !== 0 || event.shiftKey || !overflows;
    if (!across || timeline.isFitted) return;
    event.preventDefault();
    timeline.scrollBy(dx !== 0 ? dx : dy);
  }

  #follow(event: PointerEvent): void {
    const lane = (event.target as Element).closest<HTMLElement>('[data-track]');
    if (!lane) {
      this.pointer = null;
      return;
    }
    const { top, height } = lane.getBoundingClientRect();
    this.pointer = {
      px: this.#pixelIn(event),
      track: lane.dataset['track'] ?? '',
      share: 1 - (event.clientY - top) / height,
    };
  }

  #press(event: PointerEvent, box: HTMLElement): void {
    if (event.button !== 0 || !(event.target as Element).closest('[data-track]')) return;
    if ((event.target as Element).closest('button, [data-own-pointer]')) return;
    box.setPointerCapture(event.pointerId);
    this.#seek(event);
  }

  #seek(event: PointerEvent): void {
    player.seek(timeline.inSound(this.#secondsAt(event)));
  }

  #secondsAt(event: MouseEvent): number {
    return timeline.secondsAt(this.#pixelIn(event));
  }

  #pixelIn(event: MouseEvent): number {
    const lane = this.#box!.querySelector('[data-track]')!;
    return event.clientX - lane.getBoundingClientRect().left;
  }
}
