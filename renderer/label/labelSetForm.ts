// What is wrong with a label set before it is saved.
import { ALL_KEYS } from '../ui/roomKeys.ts';

/** Commands that are on screen together with the label keys. */
const AROUND = new Set(['Label', 'Segments', 'Everywhere']);

/** In words, the worst first; none for a set that can be saved. */
export function problemsOf(name: string, rows: readonly { label: string; key: string }[]): string[] {
  const problems: string[] = [];
  if (name.trim() === '') problems.push('The set needs a name.');
  if (rows.some(({ label }) => label.trim() === '')) problems.push('Every label needs a name.');
  const twice = repeated(rows.map(({ label }) => label.trim().toLowerCase()));
  if (twice) problems.push(`“${twice}” is in the set twice.`);
  const keys = rows.map(({ key }) => key.trim().toUpperCase());
  const same = repeated(keys);
  if (same) problems.push(`Two labels have the key ${same}.`);
  for (const key of keys) {
    const other = key && ALL_KEYS.find((command) => isTaken(command, key));
    if (other)
      problems.push(`${key} is “${other.label}”. Give that another key first, or choose another one.`);
  }
  return problems;
}

function isTaken({ id, scope, keys }: (typeof ALL_KEYS)[number], key: string): boolean {
  const isNumberKey = /^label\.[1-9]$/.test(id);
  return AROUND.has(scope) && !isNumberKey && (keys ?? []).includes(key);
}

/** A text that is there twice; undefined where none is. */
function repeated(texts: readonly string[]): string | undefined {
  return texts.find((text, i) => text !== '' && texts.indexOf(text) < i);
}
