// The columns a metadata table can be mapped to, as the mapping dialog shows them.
import type { TableMapping } from '../../shared/contract/schemas.ts';

export const FIELDS: readonly { name: keyof TableMapping; title: string; required?: boolean }[] = [
  { name: 'file', title: 'File', required: true },
  { name: 'label', title: 'Label', required: true },
  { name: 'speaker', title: 'Speaker' },
  { name: 'utterance', title: 'Utterance' },
  { name: 'text', title: 'Text' },
  { name: 'take', title: 'Take' },
  { name: 'sex', title: 'Sex' },
];

/** The mapping with only the columns that were chosen; null while a required one is missing. */
export function completeMapping(mapping: Partial<TableMapping>): TableMapping | null {
  const { file, label } = mapping;
  if (!file || !label) return null;
  const chosen = Object.entries(mapping).filter(([, column]) => column);
  return { ...(Object.fromEntries(chosen) as Partial<TableMapping>), file, label };
}
