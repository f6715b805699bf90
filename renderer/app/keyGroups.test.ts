// Keys by room: all rooms, the one on screen first, each key once.
import { describe, expect, it } from 'vitest';
import type { Command } from '../ui/commands.svelte.ts';
import { LABEL_KEYS, withActions } from '../ui/roomKeys.ts';
import { groupByScope } from './keyGroups.ts';

const run = () => undefined;
const palette: Command = { id: 'palette', label: 'Find', scope: 'Everywhere', keys: ['Ctrl K'], run };

describe('groupByScope', () => {
  it('lists every room, and what holds everywhere last', () => {
    const scopes = groupByScope([palette]).map(([scope]) => scope);
    expect(scopes).toEqual(['Corpus', 'Label', 'Train', 'Evaluate', 'Live', 'Everywhere']);
  });

  it('puts the room on screen first, its own labels in place of the number keys', () => {
    const actions = Object.fromEntries(LABEL_KEYS.map(({ id }) => [id, { run }])) as Record<
      (typeof LABEL_KEYS)[number]['id'],
      { run: () => void }
    >;
    const anger: Command = { id: 'label.1', label: 'Label Anger', scope: 'Label', keys: ['1'], run };
    const groups = groupByScope([palette, anger, ...withActions('Label', LABEL_KEYS, actions)]);
    expect(groups.map(([scope]) => scope)).toEqual([
      'Label',
      'Corpus',
      'Train',
      'Evaluate',
      'Live',
      'Everywhere',
    ]);
    expect(groups[0]![1].map(({ label }) => label)).toEqual([
      'Label Anger',
      ...LABEL_KEYS.map(({ label }) => label),
    ]);
  });

  it('leaves out commands without a key', () => {
    const { keys: _, ...keyless } = palette;
    expect(groupByScope([keyless]).at(-1)).toEqual(['Everywhere', []]);
  });
});
