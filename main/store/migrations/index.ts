// Every step of the database in order; a new one is appended here, and an old one never changes.
import { corporaAndLedger } from './001-corpora-and-ledger.ts';
import { runs } from './002-runs.ts';
import { protocols } from './004-protocols.ts';
import { ledger } from './005-ledger.ts';
import { searchAndChecks } from './006-search-and-checks.ts';
import { how } from './008-how.ts';
import { marks } from './009-marks.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  corporaAndLedger,
  runs,
  protocols,
  ledger,
  searchAndChecks,
  how,
  marks,
];
