// No one is let in: the page has no powers of its own.
import { expect, test } from './fixtures/studio.ts';

test('the page has no Node, runs no script but the studio’s and loads nothing from elsewhere', async ({
  studio,
}) => {
  const page = await studio.start();
  const findings = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.head.append(script);
    const style = document.createElement('style');
    style.textContent = 'body { z-index: 4711 }';
    document.head.append(style);
    // In a task of the page's own: what the test's tools evaluate is exempt from the policy.
    const evaluated = await new Promise((resolve) => {
      setTimeout(() => {
        try {
          resolve(new Function('return true')());
        } catch {
          resolve(false);
        }
      });
    });
    const scope = window as unknown as Record<string, unknown>;
    return {
      injected: 'injected' in scope,
      styled: getComputedStyle(document.body).zIndex === '4711',
      evaluated,
      node: typeof scope['require'] !== 'undefined' || typeof scope['process'] !== 'undefined',
      hostKeys: Object.keys((scope['pathosHost'] as object | undefined) ?? {}).sort(),
    };
  });
  expect(findings.injected).toBe(false);
  expect(findings.styled).toBe(false);
  expect(findings.evaluated).toBe(false);
  expect(findings.node).toBe(false);
  expect(findings.hostKeys).toEqual(
    studio.host === 'electron'
      ? ['chooseFolder', 'holdsUnsaved', 'kind', 'pathForFile', 'requestPort', 'revealClip', 'savePdf']
      : [],
  );
  const refused = page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => true));
  await expect(refused).rejects.toThrow();
});
