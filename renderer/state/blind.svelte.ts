// Blind mode: labelling without sight of the label that stands there, of what others said, and of what names tell.

const KEPT_AS = 'pathos.blind';

class Blind {
  /** Kept for as long as the window is open, so that a reload does not show what was hidden. */
  #on = $state(sessionStorage.getItem(KEPT_AS) === 'true');

  get on(): boolean {
    return this.#on;
  }

  toggle(): void {
    this.#on = !this.#on;
    sessionStorage.setItem(KEPT_AS, String(this.#on));
  }
}

export const blind = new Blind();
