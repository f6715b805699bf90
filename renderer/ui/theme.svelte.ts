// Light or dark, as chosen or as the system has it; canvases and matrices read their colours through it.

export type ThemeChoice = 'system' | 'light' | 'dark';

class Theme {
  #system = window.matchMedia('(prefers-color-scheme: dark)');
  #systemDark = $state(this.#system.matches);
  #choice = $state<ThemeChoice>('system');
  readonly dark = $derived(this.#choice === 'system' ? this.#systemDark : this.#choice === 'dark');
  /** Tokens of the theme of now, as they were read. */
  readonly #tokens = $derived.by(() => {
    void [this.#choice, this.dark];
    return new Map<string, string>();
  });

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
    const tokens = this.#tokens;
    const read = (): string => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
    if (element !== document.documentElement) return read();
    // Kept: asking for a style makes the page settle all styles first, and a drawing asks for dozens.
    let value = tokens.get(name);
    if (value === undefined) tokens.set(name, (value = read()));
    return value;
  }
}

export const theme = new Theme();
