// Keys by room: all rooms, the one on screen first, each key once.
import { describe, expect, it } from 'vitest';
import type { Command } from '../ui/command.ts';
import { ROOM_KEYS } from '../ui/roomKeys.ts';
import { groupByScope } from './keyGroups.ts';

const run = () => undefined;
const palette: Command = { id: 'palette', label: 'Find', scope: 'Everywhere', keys: ['Ctrl K'], run };

describe('groupByScope', () => {
  it('lists every room, and what holds everywhere last', () => {
    const scopes = groupByScope([palette]).map(([scope]) => scope);
    expect(scopes).toEqual([...ROOM_KEYS.keys()]);
    expect(scopes.at(-1)).toBe('Everywhere');
  });

  it('puts the room on screen first, its own labels in place of the number keys', () => {
    const anger: Command = { id: 'label.1', label: 'Label Anger', scope: 'Label', keys: ['1'], run };
    const groups = groupByScope([palette, anger]);
    expect(groups[0]![0]).toBe('Label');
    expect(groups[0]![1].map(({ label }) => label)).toEqual([
      'Label Anger',
      ...ROOM_KEYS.get('Label')!
        .slice(1)
        .map(({ label }) => label),
    ]);
  });

  it('leaves out commands that neither are in the table nor have a key', () => {
    const demo: Command = { id: 'demo', label: 'Open the demo', scope: 'Everywhere', run };
    const labels = (command: Command) =>
      groupByScope([palette, command])
        .at(-1)![1]
        .map(({ label }) => label);
    expect(labels(demo)).not.toContain('Open the demo');
    expect(labels({ ...demo, keys: ['Ctrl D'] })).toContain('Open the demo');
  });
});
