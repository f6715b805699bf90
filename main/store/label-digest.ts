// Identifies the labels of a corpus: a sum over its labelled clips, so that one decision changes it without a walk over all.
import { createHash } from 'node:crypto';

const DIGEST_BITS = 128n;
const MASK = (1n << DIGEST_BITS) - 1n;
const HASH_CHARACTERS = 12;

/** A clip's part of the sum: 128 bits of SHA-256 over path and label; 0 for a clip without a label. */
export function clipDigest(path: string, label: string | null): bigint {
  if (label === null) return 0n;
  const hex = createHash('sha256').update(`${path}\0${label}`).digest('hex').slice(0, 32);
  return BigInt(`0x${hex}`);
}

/** A label as it is summed up: a clip that is flagged as a bad recording, and so left out of training, counts as another. */
export function digestLabel(label: string | null, bad: boolean): string | null {
  return label !== null && bad ? `${label}\0bad` : label;
}

/** The sum with one clip's label replaced. Order does not matter: it is addition modulo 2^128. */
export function replaceLabel(sum: bigint, path: string, before: string | null, after: string | null): bigint {
  if (before === after) return sum;
  return (sum - clipDigest(path, before) + clipDigest(path, after)) & MASK;
}

/** The sum over all clips, each with its path, its label, and 1 where it is flagged. */
export function sumLabels(
  clips: Iterable<readonly [path: string, label: string | null, bad: number]>,
): bigint {
  let sum = 0n;
  for (const [path, label, bad] of clips)
    sum = (sum + clipDigest(path, digestLabel(label, bad === 1))) & MASK;
  return sum;
}

/** As it stands in the database: 16 bytes, big-endian. */
export function digestBytes(sum: bigint): Buffer {
  return Buffer.from(sum.toString(16).padStart(32, '0'), 'hex');
}

export function digestFromBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** As a person and a run see it: 12 hexadecimal characters. Equal for equal paths with equal labels, in any order. */
export function shortHash(sum: bigint): string {
  return createHash('sha256').update(digestBytes(sum)).digest('hex').slice(0, HASH_CHARACTERS);
}
