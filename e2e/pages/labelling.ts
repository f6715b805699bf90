// What a person does in the Label room, from the keyboard.
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Studio } from '../fixtures/studio.ts';

export class Labelling {
  readonly page: Page;
  #workspace: string;

  constructor(studio: Studio) {
    this.page = studio.page;
    this.#workspace = studio.workspace;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Runs a command by its name, as Ctrl K does. */
  async command(name: string): Promise<void> {
    await this.press('Control+k');
    await this.page.getByRole('combobox', { name: 'Find a command' }).fill(name);
    await expect(this.page.getByRole('option', { name }).first()).toBeVisible();
    await this.press('Enter');
  }

  async expectReviewed(count: number): Promise<void> {
    await expect(this.page.getByText(new RegExp(`^${count} of \\d+ reviewed`))).toBeVisible();
  }

  /** A clip of the queue by its file name. */
  row(name: string): Locator {
    return this.page.getByRole('listbox', { name: 'Clips to label' }).getByRole('option', { name });
  }

  /** File name of the clip that keys are about, once it is known. */
  async currentName(): Promise<string> {
    await expect(this.current).toHaveAccessibleName(/\.wav/);
    return ((await this.current.getAttribute('aria-label')) ?? '').split(', ')[0]!;
  }

  /** The clip that keys are about. */
  get current(): Locator {
    return this.page.locator('[id^=queue-row-].here');
  }

  /** Labels by path, as they are on disk. */
  savedLabels(): Map<string, string | null> {
    const rows = this.#read<{ path: string; label: string | null }>('SELECT path, label FROM clips');
    return new Map(rows.map((row) => [row.path, row.label]));
  }

  /** Every label that raters have set, as the ledger on disk holds it: `path: label`. */
  decided(): Set<string> {
    const rows = this.#read<{ path: string; label: string | null }>(
      `SELECT path, e.label FROM label_events e JOIN clips USING (clip_id) JOIN decisions USING (decision_id)
       WHERE kind = 'label'`,
    );
    return new Set(rows.map((row) => `${row.path}: ${row.label}`));
  }

  #read<Row>(query: string): Row[] {
    const store = new Database(path.join(this.#workspace, 'studio.db'), { readonly: true });
    try {
      return store.prepare(query).all() as Row[];
    } finally {
      store.close();
    }
  }

  /** Notes from now on, at every frame, which clips the interface shows as decided, and with which label. */
  async watch(): Promise<void> {
    await this.page.evaluate(() => {
      const shown: [name: string, label: string][] = [];
      const last = new Map<string, string>();
      (window as { shown?: [string, string][] }).shown = shown;
      const look = () => {
        for (const row of document.querySelectorAll('[id^=queue-row-]')) {
          const [name, ...states] = (row.getAttribute('aria-label') ?? '').split(', ');
          const label = row.querySelector('.mark')?.getAttribute('data-e');
          if (!name || !label || !states.includes('reviewed') || last.get(name) === label) continue;
          last.set(name, label);
          shown.push([name, label]);
        }
        requestAnimationFrame(look);
      };
      look();
    });
  }

  /** What was noted, in the order in which it was shown: clips by file name, and their labels. */
  async seen(): Promise<[name: string, label: string][]> {
    return this.page.evaluate(() => (window as { shown?: [string, string][] }).shown ?? []);
  }
}
