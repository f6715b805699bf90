// What a page may ask of the machine: the microphone and the full screen, for the top frame of our own page; nothing else.
import type { Session, WebContents } from 'electron';

/** Why the microphone, and no camera: the details of a `media` request. */
interface MediaDetails {
  readonly mediaTypes?: readonly string[];
  readonly requestingUrl?: string;
  readonly isMainFrame?: boolean;
}

/** @param origin of our page */
export function guardPermissions(session: Session, origin: string): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const { mediaTypes = [], requestingUrl = '', isMainFrame = false } = details as MediaDetails;
    const ours = isMainFrame && isOurs(requestingUrl, origin) && isOurs(contents?.getURL() ?? '', origin);
    const microphone =
      permission === 'media' && mediaTypes.length > 0 && mediaTypes.every((type) => type === 'audio');
    answer(ours && (microphone || permission === 'fullscreen'));
  });
  session.setPermissionCheckHandler((contents: WebContents | null, permission, requestingOrigin, details) => {
    const ours = isOurs(requestingOrigin, origin) && (contents === null || isOurs(contents.getURL(), origin));
    const microphone = permission === 'media' && details.mediaType === 'audio';
    // The names of speakers and microphones come with the microphone.
    return ours && (microphone || permission === 'fullscreen');
  });
}

function isOurs(url: string, origin: string): boolean {
  return url === origin || url.startsWith(`${origin}/`);
}
