// What a page of the studio may do, the same in both windows: nothing from outside, no script and no style but ours.
import { randomBytes } from 'node:crypto';

/** @param styles where styles may come from */
function contentSecurityPolicy(styles: string): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `style-src ${styles}`,
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The page may use the microphone, for the Live room, and no other device. */
const PERMISSIONS_POLICY = [
  'microphone=(self)',
  'fullscreen=(self)',
  ...['camera', 'display-capture', 'geolocation', 'usb', 'serial', 'hid', 'bluetooth', 'midi', 'payment'].map(
    (feature) => `${feature}=()`,
  ),
].join(', ');

type Headers = Readonly<Record<string, string>>;

function securityHeaders(styles: string): Headers {
  return {
    'Content-Security-Policy': contentSecurityPolicy(styles),
    'Permissions-Policy': PERMISSIONS_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}

/** Sent with every file of the interface but its page. */
export const SECURITY_HEADERS = securityHeaders("'self'");

/**
 * The interface's page as it is sent, once: wavesurfer.js has a style element in its shadow root and the protocol card
 * one in its frame. They carry the nonce of this answer, which the page finds in its head (renderer/ui/styleNonce.ts).
 */
export function guardedPage(html: string): { readonly html: string; readonly headers: Headers } {
  const nonce = randomBytes(16).toString('base64');
  return {
    html: html.replace('<head>', `<head><meta name="style-nonce" content="${nonce}" />`),
    headers: { ...securityHeaders(`'self' 'nonce-${nonce}'`), 'Cache-Control': 'no-store' },
  };
}
