// Colours of the page for drawings on canvas, re-read when the theme changes.
import { createSubscriber } from 'svelte/reactivity';

const followTheme = createSubscriber((update) => {
  const attribute = new MutationObserver(update);
  attribute.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', update);
  return () => {
    attribute.disconnect();
    system.removeEventListener('change', update);
  };
});

/**
 * Value of a custom property of the page, without its leading dashes: `cssValue('accent')`.
 * Read inside an effect or a derived value it is read again when the theme changes.
 */
export function cssValue(name: string): string {
  followTheme();
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
