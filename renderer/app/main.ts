// Entry of the interface: styles, the shell, the connection to the engine.
import '@fontsource-variable/inter/wght.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { mount } from 'svelte';
import { app } from '../state/app.svelte.ts';
import { engine } from '../state/engine.svelte.ts';
import { labelSets } from '../state/labelSets.svelte.ts';
import App from './App.svelte';
import { dialogs } from './dialogs.svelte.ts';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
app.start((folder) => dialogs.openFolder(folder));
labelSets.start();
engine.start();
mount(App, { target });
