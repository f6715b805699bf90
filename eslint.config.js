// Lint rules, import direction among them: the house stands only while imports go one way.
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Who may import whom, outermost first. Each element may import itself and what it lists. */
const LAYERS = {
  'main-electron': ['main-host', 'main-shared-host', 'shared'],
  'main-browser': ['main-host', 'main-shared-host', 'shared'],
  'main-cli': [
    'main-engine',
    'main-host',
    'main-shared-host',
    'main-browser',
    'main-training',
    'main-features',
    'main-audio',
    'shared',
  ],
  'main-host': ['main-engine', 'main-shared-host', 'shared'],
  'main-engine': [
    'main-corpus',
    'main-training',
    'main-inference',
    'main-features',
    'main-audio',
    'main-store',
    'main-shared-host',
    'shared',
  ],
  'main-corpus': ['main-audio', 'main-store', 'shared'],
  'main-inference': [
    'main-training',
    'main-features',
    'main-audio',
    'main-store',
    'main-shared-host',
    'shared',
  ],
  'main-training': ['main-features', 'main-audio', 'main-store', 'main-shared-host', 'shared'],
  'main-features': ['main-audio', 'main-store', 'main-shared-host', 'shared'],
  'main-audio': ['shared'],
  'main-store': ['shared'],
  'main-shared-host': ['shared'],
  renderer: ['shared'],
  shared: [],
};
