// How a run's network is computed, in words: its path alone does not say why it is not a faster one.
import type { Migration } from './migration.ts';

export const how: Migration = {
  version: 8,
  name: 'how',
  sql: `
    -- NULL until a trainer has said so, and in older runs.
    ALTER TABLE runs ADD COLUMN how TEXT;
  `,
};
