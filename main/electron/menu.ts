// The application menu: what a platform expects; the studio's own commands live in the page.
import { Menu } from 'electron';

export function buildMenu({ openHelp }: { openHelp: () => void }): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
      { role: 'fileMenu' },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
          { role: 'toggleDevTools' },
        ],
      },
      { role: 'windowMenu' },
      { role: 'help', submenu: [{ label: 'Read me', click: openHelp }] },
    ]),
  );
}
