// Saves what was made here as a file, the same way in a browser and in Electron.

/** Some hosts read the address only after the click has been handled. */
const KEPT_MS = 60_000;

export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
