// Shows a clip's file where it lies: in the system's file manager, or, in a browser, as a path to go to.
import { electronHost } from '../state/connection.ts';
import { engine } from '../state/engine.svelte.ts';
import { toasts } from '../ui/toasts.svelte.ts';

/** What the host can do for it, in words. */
export const SHOW_FILE = electronHost ? 'Show in folder' : 'Copy path';

/** Rejects where the engine does not know the clip any more. */
export async function showFile(clipId: number): Promise<void> {
  const { path } = await engine.client.clips.file({ clipId });
  if (electronHost) {
    const shown = await electronHost.revealClip(path);
    if (!shown) toasts.show({ text: `${path} lies in no open corpus` });
    return;
  }
  const copied = await navigator.clipboard.writeText(path).then(
    () => true,
    () => false,
  );
  toasts.show({ text: copied ? `Path copied: ${path}` : path });
}
