// The policy that both hosts send: what it must never come to allow.
import { expect, it } from 'vitest';
import { guardedPage, SECURITY_HEADERS } from './security.ts';

const POLICY = 'Content-Security-Policy';
const PAGE = '<!doctype html><html><head><title>x</title></head></html>';

/** The sources of one kind. */
function sources(policy: string, kind: string): string[] {
  const found = policy.split('; ').find((directive) => directive.startsWith(`${kind} `));
  return found?.split(' ').slice(1) ?? [];
}

it('lets nothing run that is written in a page, and nothing come from elsewhere', () => {
  for (const policy of [SECURITY_HEADERS[POLICY]!, guardedPage(PAGE).headers[POLICY]!]) {
    expect(policy).not.toContain("'unsafe-inline'");
    expect(policy).not.toContain("'unsafe-eval'");
    expect(policy).not.toMatch(/https?:|wss?:|\*/);
    expect(sources(policy, 'default-src')).toEqual(["'none'"]);
    expect(sources(policy, 'script-src')).toEqual(["'self'", "'wasm-unsafe-eval'"]);
    expect(sources(policy, 'connect-src')).toEqual(["'self'", 'blob:']);
    expect(sources(policy, 'frame-ancestors')).toEqual(["'none'"]);
  }
});

it('gives each answer a nonce of its own, in its policy and in its head, for styles alone', () => {
  const [one, other] = [guardedPage(PAGE), guardedPage(PAGE)];
  const [, nonce] = /<head><meta name="style-nonce" content="([^"]{20,})" \/>/.exec(one.html)!;
  expect(sources(one.headers[POLICY]!, 'style-src')).toEqual(["'self'", `'nonce-${nonce}'`]);
  expect(one.headers[POLICY]!.match(/nonce-/g)).toHaveLength(1);
  expect(other.html).not.toContain(nonce);
  expect(one.headers['Cache-Control']).toBe('no-store');
});
