// Samples as they cross the contract: little-endian float32 in base64, many small blocks a second.

/** Bytes that are made into text at once: more would be too many arguments. */
const CHUNK_BYTES = 8192;

/** @param blocks one after the other */
export function encodeSamples(blocks: readonly Float32Array[]): string {
  let text = '';
  for (const { buffer, byteOffset, byteLength } of blocks) {
    for (let at = 0; at < byteLength; at += CHUNK_BYTES) {
      const bytes = new Uint8Array(buffer, byteOffset + at, Math.min(CHUNK_BYTES, byteLength - at));
      text += String.fromCharCode(...bytes);
    }
  }
  return btoa(text);
}

/** @throws RangeError where the text is no base64 of whole samples */
export function decodeSamples(text: string): Float32Array {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    throw new RangeError('the samples are not in base64');
  }
  if (bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0) throw new RangeError('a sample is not whole');
  return new Float32Array(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)).buffer);
}
