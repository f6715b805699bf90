// Memory of samples that nobody needs any more, for the next ones: fresh memory for every clip takes longer than to
// decode it (the operating system clears it page by page), and holds up the other threads of the process.

/** Arrays that are kept, and the longest of them: 16 MB in all. */
const MOST_KEPT = 4;
const LONGEST_KEPT = 1 << 20;

const spares: ArrayBuffer[] = [];
/** What is out with an owner. */
const lent = new WeakSet<ArrayBufferLike>();

/** An array of so many values, whatever they are. */
export function takeFloats(length: number): Float32Array<ArrayBuffer> {
  const bytes = length * Float32Array.BYTES_PER_ELEMENT;
  const fitting = spares.findIndex((spare) => spare.byteLength >= bytes);
  const buffer = fitting < 0 ? new ArrayBuffer(bytes) : spares.splice(fitting, 1)[0]!;
  lent.add(buffer);
  return new Float32Array(buffer, 0, length);
}

/**
 * To be called by an array's only owner, who forgets it: the next to take one may get its memory. Arrays that
 * were not taken here, or were given back before, are left alone.
 */
export function giveFloats({ buffer }: Float32Array): void {
  if (!lent.delete(buffer) || buffer.byteLength > LONGEST_KEPT * Float32Array.BYTES_PER_ELEMENT) return;
  spares.push(buffer as ArrayBuffer);
  // The oldest goes: a corpus whose clips have become longer has no use for it.
  if (spares.length > MOST_KEPT) spares.shift();
}
