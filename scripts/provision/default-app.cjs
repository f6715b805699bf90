// The start page's stand-in of the tests' Electron: opens the application folder that its command line names.
// Electron's own distributions have such a file as resources/default_app.asar; packaged ones drop it.
/* eslint-disable @typescript-eslint/no-require-imports -- CommonJS: this Electron loads nothing else from an archive */
const { app } = require('electron');
const Module = require('node:module');
const path = require('node:path');

// As a stock Electron: `-r MODULE` is loaded before the application.
const preloaded = [];
const words = process.argv.slice(1).filter((argument, at, all) => {
  if (all[at - 1] !== '-r') return true;
  preloaded.push(argument);
  return false;
});
const folder = words.find((argument) => !argument.startsWith('-'));
if (!folder) {
  process.stderr.write('This Electron serves tests: name an application folder.\n');
  process.exit(2);
}
const root = path.resolve(folder);
const description = require(path.join(root, 'package.json'));
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
app.name = description.productName || description.name;
app.setVersion(description.version);
app.setAppPath(root);
for (const module of preloaded) require(path.resolve(module));
Module._load(Module._resolveFilename(root, null, true), Module, true);
