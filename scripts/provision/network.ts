// Asks quickly whether a download can work, so that a closed network costs a second and not minutes.
import http from 'node:http';
import { messageOf } from './outcome.ts';

const PROBE_MS = 2500;

/** Lets requests go through the proxy that the environment names, as npm and pip do. */
function useProxyOfEnvironment(): void {
  const named = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => process.env[name]);
  if (named) http.setGlobalProxyFromEnv();
}

/**
 * Whether a file can be downloaded from an address: asks for its headers only.
 * @returns an empty string where it can, else why not, in words
 */
export async function unreachable(url: string, timeoutMs = PROBE_MS): Promise<string> {
  const { host } = new URL(url);
  try {
    useProxyOfEnvironment();
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) });
    return answer.ok ? '' : `${host} answers ${answer.status}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return `${host} does not answer within ${timeoutMs / 1000} s`;
    }
    const cause = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
    return `${host} is not reachable (${cause})`;
  }
}
