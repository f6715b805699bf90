// Decides how a folder is read: through a table, by the names of a known corpus, or a folder a label.
import { join, posix } from 'node:path';
import { UserError } from '../../shared/contract/errors.ts';
import type { TableMapping, TableProbe, TableSpec } from '../../shared/contract/schemas.ts';
import { countFitting, type Adapter } from './adapter.ts';
import { aesdd } from './aesdd.ts';
import { readTable, type DelimitedTable } from './csv.ts';
import { emodb } from './emodb.ts';
import { foldersAdapter } from './folders.ts';
import { ravdess } from './ravdess.ts';
import type { Scan } from './scan.ts';
import { guessTable, indexAudio, tableAdapter, type AudioIndex } from './table.ts';

const NAMED_ADAPTERS: readonly Adapter[] = [emodb, aesdd, ravdess];
/** A table or a naming scheme that accounts for at least this part of the files is taken for the corpus's own. */
const MOST = 0.5;
const MAX_TABLES = 20;
const SAMPLE_ROWS = 5;

/** How the files of a folder are read. `missing`: what a table names and the folder lacks. */
export interface Plan {
  readonly adapter: Adapter;
  readonly missing: readonly { readonly path: string; readonly reason: string }[];
  /** To be remembered; null where no table is used. */
  readonly table: TableSpec | null;
  /** Files that the adapter can read. */
  readonly fitting: number;
}

/** A table that lies in the folder, with a guess of its meaning. */
export interface FoundTable {
  readonly probe: TableProbe;
  readonly table: DelimitedTable;
}

/**
 * @param folder absolute @param chosen table that the person or the last opening has named; read as it says
 * @throws UserError where the chosen table cannot be used
 */
export async function planCorpus(folder: string, scan: Scan, chosen: TableSpec | null): Promise<Plan> {
  const audio = indexAudio(scan.audio);
  if (chosen) return planTable(folder, chosen, await readTable(chosen.file), audio);
  return choosePlan(folder, audio, await findTables(folder, scan, audio));
}

/** The plan of a folder for which nobody has named a table. */
export function choosePlan(folder: string, audio: AudioIndex, tables: readonly FoundTable[]): Plan {
  const named = NAMED_ADAPTERS.map((adapter) => planNames(adapter, audio.paths));
  const bestNamed = named.reduce((best, plan) => (plan.fitting > best.fitting ? plan : best));
  const complete = tables.filter(({ probe }) => isComplete(probe.guess));
  const [bestTable] = complete.toSorted((a, b) => b.probe.matchedFiles - a.probe.matchedFiles);
  const enough = audio.paths.length * MOST;
  if (bestTable && bestTable.probe.matchedFiles > 0 && bestTable.probe.matchedFiles >= enough) {
    const { file, audioFolder, guess } = bestTable.probe;
    const mapping = guess as TableMapping;
    const plan = planTable(folder, { file, audioFolder, mapping }, bestTable.table, audio);
    if (plan.fitting >= bestNamed.fitting) return plan;
  }
  if (bestNamed.fitting > 0 && bestNamed.fitting >= enough) return bestNamed;
  return planNames(foldersAdapter(audio.paths), audio.paths);
}

/** Tables below the folder that can be read and have rows, each with what it seems to mean. */
export async function findTables(folder: string, scan: Scan, audio: AudioIndex): Promise<FoundTable[]> {
  const found: FoundTable[] = [];
  for (const path of scan.tables.slice(0, MAX_TABLES)) {
    const file = join(folder, path);
    const table = await readTable(file).catch((error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    });
    if (!table || table.rows.length === 0) continue;
    const parent = posix.dirname(path);
    const { mapping, audioFolder, matched } = guessTable(table, parent === '.' ? '' : parent, audio);
    const probe: TableProbe = {
      file,
      audioFolder: join(folder, audioFolder),
      columns: [...table.columns],
      sampleRows: table.rows.slice(0, SAMPLE_ROWS).map((row) => [...row]),
      rows: table.rows.length,
      guess: mapping,
      matchedFiles: matched,
    };
    found.push({ probe, table });
  }
  return found;
}

function isComplete(guess: Partial<TableMapping>): guess is TableMapping {
  return guess.file !== undefined && guess.label !== undefined;
}

function planNames(adapter: Adapter, paths: readonly string[]): Plan {
  return { adapter, missing: [], table: null, fitting: countFitting(adapter, paths) };
}

function planTable(folder: string, spec: TableSpec, table: DelimitedTable, audio: AudioIndex): Plan {
  const adapter = tableAdapter(folder, spec, table, audio);
  return { adapter, missing: adapter.missing, table: spec, fitting: countFitting(adapter, audio.paths) };
}
