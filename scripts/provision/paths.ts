// Where the project is on this machine.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
