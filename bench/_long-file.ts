// A process that computes the features of one file and says how long it took and how much memory, for bench/features.ts.
import { createClipExtractor } from '../main/features/extract.ts';
import { FEATURE_PRESETS } from '../shared/recipe/recipe.ts';

const [path, recipe] = process.argv.slice(2) as [string, string];
const extract = createClipExtractor(FEATURE_PRESETS.get(recipe)!);
const started = performance.now();
const { frames, coefficients } = await extract(path);
const seconds = (performance.now() - started) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ frames, coefficients, seconds, megabytes }));
