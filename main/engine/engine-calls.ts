// Answers about the engine itself: what it runs on, notices, settings, folders.
import { availableParallelism } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };
import { listFolders } from '../corpus/list-folders.ts';
import { loadSettings, saveSettings } from '../store/settings.ts';
import { probeBackends } from '../training/backend.ts';
import { type Implementer, untilAborted } from './answering.ts';
import type { Services } from './services.ts';

export function engineCalls(
  os: Implementer['engine'],
  { keeper, notify, openFolder, publisher, store, workspace }: Services,
) {
  return {
    info: os.info.handler(async () => {
      const { backend, nativeMissing } = await probeBackends();
      return {
        version: packageJson.version,
        node: process.versions.node,
        platform: process.platform,
        processId: process.pid,
        cores: availableParallelism(),
        workspace,
        backend,
        nativeMissing,
        openFolder,
      };
    }),
    notices: os.notices.handler(async function* ({ signal }) {
      const notices = publisher.subscribe('notice', { signal });
      void keeper.attend();
      yield* untilAborted(notices, signal);
    }),
    settings: os.settings.handler(() => loadSettings(store)),
    saveSettings: os.saveSettings.handler(({ input }) => {
      const settings = saveSettings(store, input);
      notify({ type: 'settings', settings });
      return settings;
    }),
    listFolders: os.listFolders.handler(({ input }) => listFolders(input.folder)),
  };
}
