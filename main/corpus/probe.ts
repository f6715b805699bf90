// Looks at a folder before it is opened: which adapter fits, which tables lie in it.
import type { FolderProbe } from '../../shared/contract/schemas.ts';
import { findCorpus } from '../store/corpora.ts';
import type { Store } from '../store/database.ts';
import { corpusFolder } from './folder.ts';
import { choosePlan, findTables, planCorpus } from './plan.ts';
import { scanFolder } from './scan.ts';
import { indexAudio } from './table.ts';

/** Reads names and tables, no audio. @throws UserError where the folder or its remembered table cannot be read */
export async function probeFolder(
  store: Store,
  folder: string,
  options: { signal?: AbortSignal } = {},
): Promise<FolderProbe> {
  const root = await corpusFolder(folder);
  const scan = await scanFolder(root, options.signal);
  const audio = indexAudio(scan.audio);
  const tables = await findTables(root, scan, audio);
  const known = findCorpus(store, root);
  const plan = known?.table ? await planCorpus(root, scan, known.table) : choosePlan(root, audio, tables);
  return {
    folder: root,
    adapter: plan.adapter.name,
    audioFiles: scan.audio.length,
    fitting: plan.fitting,
    tables: tables.map(({ probe }) => probe),
    known: known !== undefined && known.indexed,
  };
}
