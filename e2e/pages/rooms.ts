// What a person does in the studio, in their words: opening a corpus, going to a room, reading what it says.
import { expect, type Locator, type Page } from '@playwright/test';
import type { Studio } from '../fixtures/studio.ts';

export type Room = 'Corpus' | 'Label' | 'Train' | 'Evaluate' | 'Live';
const ROOM_KEYS: Readonly<Record<Room, string>> = {
  Corpus: 'Control+1',
  Label: 'Control+2',
  Train: 'Control+3',
  Evaluate: 'Control+4',
  Live: 'Control+5',
};

export class Rooms {
  readonly page: Page;
  #studio: Studio;

  constructor(studio: Studio) {
    this.#studio = studio;
    this.page = studio.page;
  }

  /** Opens a folder by the host's own dialog: the system's in Electron, the studio's in a browser. */
  async openFolder(folder: string): Promise<void> {
    await this.#expectPage();
    if (this.#studio.host === 'electron') {
      // The system's dialog can't be driven; what it would answer is put in its place.
      await this.#studio.electron.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      }, folder);
      await this.page.keyboard.press('Control+o');
      return;
    }
    await this.page.keyboard.press('Control+o');
    const dialog = this.page.getByRole('dialog', { name: 'Open a folder' });
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(folder);
    await this.page.keyboard.press('Control+Enter');
  }

  async goTo(room: Room): Promise<void> {
    await this.#expectPage();
    await this.page.keyboard.press(ROOM_KEYS[room]);
    await expect(
      this.page.getByRole('navigation', { name: 'Rooms' }).getByRole('button', { name: room }),
    ).toHaveAttribute('aria-current', 'page');
    await expect(this.page.getByRole('main')).toHaveAttribute('data-room', room.toLowerCase());
  }

  /** A window that was opened just now hears keys once its page is there. */
  async #expectPage(): Promise<void> {
    await expect(this.page.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
  }

  /** The one line that says what is open: `535 clips · 10 speakers · 7 labels · …`. */
  async expectOpen(facts: string): Promise<void> {
    await expect(this.page.getByRole('banner')).toContainText(facts, { timeout: 30_000 });
  }

  get clipRows(): Locator {
    return this.page.getByRole('grid', { name: 'Clips', exact: true }).getByRole('row');
  }

  get queue(): Locator {
    return this.page.getByRole('listbox', { name: 'Clips to label' });
  }

  get history(): Locator {
    // In the Label room its entries can be chosen, to be reverted.
    return this.page
      .getByRole('list', { name: 'History' })
      .or(this.page.getByRole('listbox', { name: 'History' }));
  }

  get folds(): Locator {
    return this.page.getByRole('table', { name: /^Folds of run/ });
  }

  get statusBar(): Locator {
    return this.page.getByRole('contentinfo');
  }
}
