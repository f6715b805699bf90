// Light or dark, as chosen or as the system has it; canvases and matrices read their colours through it.

export type ThemeChoice = 'system' | 'light' | 'dark';

class Theme {
  #system = window.matchMedia('(prefers-color-scheme: dark)');
  #systemDark = $state(this.#system.matches);
  #choice = $state<ThemeChoice>('system');
  readonly dark = $derived(this.#choice === 'system' ? this.#systemDark : this.#choice === 'dark');

  constructor() {
    this.#system.addEventListener('change', (event) => (this.#systemDark = event.matches));
  }

  /** Applies a choice to the document. */
  choose(choice: ThemeChoice): void {
    const root = document.documentElement;
    if (choice === 'system') delete root.dataset.theme;
    else root.dataset.theme = choice;
    this.#choice = choice;
  }

  /** Value of a design token, `token('wave')` for `--wave`. Read inside an effect or a derived, it follows the theme. */
  token(name: string, element: Element = document.documentElement): string {
    void this.dark;
    return getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  }
}

export const theme = new Theme();
