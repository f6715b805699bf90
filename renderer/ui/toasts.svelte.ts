// The one toast on screen: what was done and how to take it back. Errors belong in their pane, not here.

const SHOWN_MS = 6000;

export interface ToastMessage {
  text: string;
  /** Label whose mark stands before the text. */
  label?: string | null;
  /** False where a null label is none yet, and not a rater's "unsure". */
  decided?: boolean;
  action?: { label: string; key?: string; run: () => void };
}

class Toasts {
  current = $state.raw<ToastMessage | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows a message in place of the one before. */
  show(message: ToastMessage): void {
    clearTimeout(this.#timer);
    this.current = message;
    this.#timer = setTimeout(() => (this.current = null), SHOWN_MS);
  }

  /** Takes the message away. */
  dismiss(): void {
    clearTimeout(this.#timer);
    this.current = null;
  }
}

export const toasts = new Toasts();
