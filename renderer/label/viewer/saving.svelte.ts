// Saves what the viewer shows: the lanes as a picture, every frame of the tracks as a table.
import { saveFile } from '../../ui/save.ts';
import type { Painter } from './painter.svelte.ts';
import type { ExportOrder } from './paint/protocol.ts';
import { saveTable, type TableOf } from './table.ts';
import { timeline } from './timeline.svelte.ts';

export class Saving {
  /** How far a table on its way is, 0..1; null: there is none. */
  share = $state<number | null>(null);
  error = $state.raw<unknown>(null);

  /** The stretch on screen, as `order` has it; the file is named as the clip is. */
  async picture(painter: Painter, name: string, order: Omit<ExportOrder, 'title'>): Promise<void> {
    const title = `${name}   ${timeline.startSeconds.toFixed(3)} – ${timeline.endSeconds.toFixed(3)} s`;
    saveFile(await painter.export({ title, ...order }), `${stem(name)}.png`);
  }

  /** All frames of the clip, whatever is on screen. */
  async table(of: TableOf, name: string, frames: number): Promise<void> {
    this.share = 0;
    this.error = null;
    try {
      const table = await saveTable(of, frames, (share) => (this.share = share));
      saveFile(table, `${stem(name)}.csv`);
    } catch (error) {
      this.error = error;
    }
    this.share = null;
  }
}

function stem(file: string): string {
  return file.replace(/\.[^.]*$/, '');
}
