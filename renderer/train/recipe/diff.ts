// What two recipes do differently, setting by setting, in the editor's words.
import { canonicalJson, type Recipe } from '../../../shared/recipe/recipe.ts';
import { layerInWords } from '../words.ts';
import { fieldAt } from './fields.ts';
import { TRACK_WORDS } from './tracks.ts';

export interface RecipeDifference {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

const NONE = '–';

/** Settings that differ, in the order of the recipe; the name is not one. */
export function diffRecipes(a: Recipe, b: Recipe): RecipeDifference[] {
  return [
    ...diffLists(a.features.tracks, b.features.tracks, 'Feature', trackInWords),
    ...diffSettings(a.features, b.features, 'features'),
    ...diffLists(a.layers, b.layers, 'Layer', (layer) =>
      layer.type === 'lstm'
        ? `${layerInWords(layer)}, ${layer.returnSequences ? 'a vector a frame' : 'one vector'}`
        : layer.type === 'dense'
          ? `${layerInWords(layer)} ${layer.activation}`
          : layerInWords(layer),
    ),
    ...diffSettings(a.training, b.training, 'training'),
  ];
}

type Track = Recipe['features']['tracks'][number];

/** "MFCC: coefficients 13, deltas 1". */
export function trackInWords({ type, ...settings }: Track): string {
  const words = Object.entries(settings).map(([key, value]) => {
    const label = TRACK_WORDS[type].fields.find(({ path }) => path === key)?.label ?? key;
    return `${label.toLowerCase()} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`;
  });
  return [TRACK_WORDS[type].title, words.join(', ')].filter(Boolean).join(': ');
}

function diffLists<Item>(
  a: readonly Item[],
  b: readonly Item[],
  name: string,
  inWords: (item: Item) => string,
): RecipeDifference[] {
  const found: RecipeDifference[] = [];
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [left, right] = [a[i], b[i]];
    if (left !== undefined && right !== undefined && canonicalJson(left) === canonicalJson(right)) continue;
    found.push({
      what: `${name} ${i + 1}`,
      a: left === undefined ? NONE : inWords(left),
      b: right === undefined ? NONE : inWords(right),
    });
  }
  return found;
}

function diffSettings(a: object, b: object, under: string): RecipeDifference[] {
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((key) => key !== 'tracks');
  return keys.flatMap((key) => {
    const path = `${under}.${key}`;
    const [x, y] = [left[key], right[key]];
    if (JSON.stringify(x) === JSON.stringify(y)) return [];
    const field = fieldAt(path);
    // Settings inside one that is on in both are told one by one.
    if (isSettings(x) && isSettings(y)) return diffSettings(x, y, path);
    return [{ what: field?.label ?? key, a: inWords(path, x), b: inWords(path, y) }];
  });
}

const isSettings = (value: unknown): value is object => typeof value === 'object' && value !== null;

function inWords(path: string, value: unknown): string {
  const field = fieldAt(path);
  const choice = field?.choices?.find((one) => one.value === value);
  if (choice) return choice.label;
  if (value === null || value === undefined) return 'off';
  if (isSettings(value))
    return Object.entries(value)
      .map(([key, one]) => `${(fieldAt(`${path}.${key}`)?.label ?? key).toLowerCase()} ${one as number}`)
      .join(', ');
  return [String(value as number), field?.unit].filter(Boolean).join(' ');
}
