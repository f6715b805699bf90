// Lint rules, import direction among them: the house stands only while imports go one way.
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** The parts of the house and what each may import besides itself, outermost first. */
const HOUSE = {
  electron: ['host', 'process', 'contract', 'shared'],
  browser: ['host', 'process', 'contract', 'shared'],
  cli: ['browser', 'host', 'engine', 'features', 'audio', 'process', 'contract', 'shared'],
  host: ['engine', 'process', 'contract', 'shared'],
  engine: [
    'corpus',
    'training',
    'live',
    'inference',
    'features',
    'audio',
    'store',
    'process',
    'contract',
    'shared',
  ],
  corpus: ['audio', 'store', 'contract', 'shared'],
  live: ['inference', 'training', 'features', 'audio', 'store', 'process', 'contract', 'shared'],
  inference: ['training', 'features', 'audio', 'store', 'process', 'contract', 'shared'],
  training: ['features', 'audio', 'store', 'process', 'contract', 'shared'],
  features: ['audio', 'store', 'process', 'contract', 'shared'],
  audio: ['contract', 'shared'],
  store: ['contract', 'shared'],
  process: ['contract', 'shared'],
  renderer: ['contract', 'shared'],
  contract: ['shared'],
  shared: [],
};

/** Folders by part; the first match wins, so what is left in main/ is the composition root. */
const elements = [
  ...Object.keys(HOUSE)
    .filter((part) => !['engine', 'renderer', 'contract', 'shared'].includes(part))
    .map((part) => ({ type: part, pattern: `main/${part}` })),
  { type: 'engine', pattern: 'main' },
  { type: 'renderer', pattern: 'renderer' },
  { type: 'contract', pattern: 'shared/contract' },
  { type: 'shared', pattern: 'shared' },
];

const policies = Object.entries(HOUSE).map(([type, allowed]) => ({
  from: { element: { type } },
  allow: { to: { element: { types: { anyOf: [type, ...allowed] } } } },
}));

export default ts.config(
  {
    ignores: [
      'dist/',
      'release/',
      'node_modules/',
      'test-results/',
      'playwright-report/',
      // AssemblyScript: its compiler is its check.
      'shared/dsp/kernel/assembly/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.node } } },
  { files: ['renderer/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
  },
  {
    rules: {
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['error'] }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['scripts/**', 'bench/**', 'main/cli/**', 'main/browser/**', 'e2e/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['main/**/*.ts', 'shared/**/*.ts', 'renderer/**/*.{ts,svelte}'],
    ignores: ['**/*.test.ts'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': elements,
      'import/resolver': { node: { extensions: ['.ts', '.svelte', '.js'] } },
    },
    rules: { 'boundaries/dependencies': ['error', { default: 'disallow', policies }] },
  },
  {
    files: ['shared/**/*.ts', 'renderer/**/*.{ts,svelte}'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(node:|electron|better-sqlite3|@tensorflow)', message: 'This runs without Node.' },
          ],
        },
      ],
    },
  },
  {
    files: ['main/**/*.ts'],
    ignores: ['main/electron/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'electron', message: 'Only main/electron imports electron.' }] },
      ],
    },
  },
);
