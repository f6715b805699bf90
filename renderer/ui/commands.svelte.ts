// Every command that has a name or a key: what a key does now, what `?` and the palette list.
import { untrack } from 'svelte';
import type { Command, KeyedCommand } from './command.ts';
import { keysOf, type Keymap } from './keymap.ts';
import { ariaChord, chordOf, isEditing, isTextField, isTyping, takesActivation } from './keys.ts';
import { ALL_KEYS } from './roomKeys.ts';

const OWN_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  ALL_KEYS.map(({ id, keys }) => [id, keys ?? []]),
);

class Commands {
  #groups = $state.raw<readonly (readonly Command[])[]>([]);
  #keymap = $state.raw<Keymap>({});
  /** The commands on screen, with the keys they have now. */
  readonly all: readonly KeyedCommand[] = $derived(
    this.#groups
      .flat()
      .map((command) => ({ ...command, ownKeys: command.keys, keys: keysOf(command, this.#keymap) })),
  );

  /** Takes over which commands have other keys than their own. */
  use(keymap: Keymap): void {
    this.#keymap = keymap;
  }

  /**
   * The key of a command of the table that is shown on its control; undefined where it has none.
   * @param own key where it is not the table's to say; null: none
   */
  keyOf(id: string, own?: string | null): string | undefined {
    const keys = own === undefined ? OWN_KEYS.get(id) : own === null ? [] : [own];
    return keysOf({ id, keys }, this.#keymap)[0];
  }

  /** The same for aria-keyshortcuts. */
  ariaKeyOf(id: string): string | undefined {
    const key = this.keyOf(id);
    return key === undefined ? undefined : ariaChord(key);
  }

  /** Adds commands while a view is on screen: `$effect(() => commands.add([...]))`. Returns their removal. */
  add(group: readonly Command[]): () => void {
    // Untracked: the effect that adds does not depend on what others added.
    untrack(() => (this.#groups = [...this.#groups, group]));
    return () => {
      this.#groups = untrack(() => this.#groups).filter((other) => other !== group);
    };
  }

  /** The command a chord means now; the view opened last wins. */
  find(chord: string): Command | undefined {
    for (let i = this.all.length - 1; i >= 0; i -= 1) {
      const command = this.all[i]!;
      if (command.keys?.includes(chord) && (command.enabled?.() ?? true)) return command;
    }
    return undefined;
  }

  /** Handles a key event of the window. */
  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (document.querySelector('dialog[open]')) return;
    const chord = chordOf(event);
    const isAltGr = event.getModifierState('AltGraph');
    if (isTextField(event.target) && (isTyping(chord) || isEditing(chord) || isAltGr)) return;
    if ((chord === 'Space' || chord === 'Enter') && takesActivation(event.target)) return;
    const command = this.find(chord);
    // It would mark the text of the whole page.
    if (chord === 'Ctrl A' && !isTextField(event.target)) event.preventDefault();
    if (!command) return;
    event.preventDefault();
    if (event.repeat && !command.repeats) return;
    command.run();
  }
}

export const commands = new Commands();
