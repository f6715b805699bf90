// Every command that has a name or a key: what a key does now, what `?` and the palette list.
import { untrack } from 'svelte';
import { chordOf, isTextField, isTyping, takesActivation } from './keys.ts';

export interface Command {
  /** Unique among the commands on screen. */
  id: string;
  /** In the imperative: "Play the clip". */
  label: string;
  /** Heading it is listed under: "Everywhere", "Label". */
  scope: string;
  /** Chords, the first one shown: "Ctrl K", "J", "Space". */
  keys?: readonly string[];
  run: () => void;
  /** Absent: always. */
  enabled?: () => boolean;
  /** Whether holding the key down runs it again. */
  repeats?: boolean;
  /** Listed under `?` but not in the palette, as moving by arrows. */
  keysOnly?: boolean;
}

class Commands {
  #groups = $state.raw<readonly (readonly Command[])[]>([]);
  readonly all = $derived(this.#groups.flat());

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
    if (isTyping(chord) && isTextField(event.target)) return;
    if ((chord === 'Ctrl Z' || chord === 'Ctrl Shift Z') && isTextField(event.target)) return;
    if ((chord === 'Space' || chord === 'Enter') && takesActivation(event.target)) return;
    const command = this.find(chord);
    if (!command) return;
    event.preventDefault();
    if (event.repeat && !command.repeats) return;
    command.run();
  }
}

export const commands = new Commands();
