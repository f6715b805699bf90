// The nonce that a style element needs to be taken: the host's, of this load of the page (main/process/security.ts).

export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
