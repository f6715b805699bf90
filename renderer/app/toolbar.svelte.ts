// The toolbar's slot: the room on screen puts its controls between the corpus menu and the commands button.
import type { Snippet } from 'svelte';

class Toolbar {
  content = $state.raw<Snippet | null>(null);

  /** `$effect(() => toolbar.use(snippet))` in a room; taken back when the room goes. */
  use(content: Snippet): () => void {
    this.content = content;
    return () => {
      if (this.content === content) this.content = null;
    };
  }
}

export const toolbar = new Toolbar();
