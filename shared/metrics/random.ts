// Seeded random numbers in named streams: the same seed and name give the same numbers everywhere, for good.

const TWO_POW_32 = 2 ** 32;

/**
 * A source of random numbers. Own code rather than a library because a seed printed beside a result must give
 * the same result with every later version of the studio.
 */
export interface Random {
  /** Uniform integer in [0, 2^32). */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), without modulo bias; bound in 1 .. 2^32. */
  integer(bound: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
}

/**
 * xoshiro128** 1.1 (Blackman & Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c).
 * @param state four 32-bit words, not all zero
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

/** FNV-1a over UTF-16 units from a given basis, finished as in MurmurHash3. */
function hash32(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * A stream of random numbers that depends on the seed and the stream's name alone: drawing more from one
 * stream never shifts another.
 */
export function createRandom(seed: number, stream: string): Random {
  const text = `${seed}/${stream}`;
  const next = xoshiro128([
    hash32(text, 0x811c9dc5),
    hash32(text, 0x9e3779b9),
    hash32(text, 0x7f4a7c15),
    // Odd, so the state is never all zero.
    hash32(text, 0x94d049bb) | 1,
  ]);
  const uniform = (): number => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  let spare: number | null = null;
  return {
    uint32: next,
    uniform,
    integer(bound) {
      const limit = TWO_POW_32 - (TWO_POW_32 % bound);
      let value = next();
      while (value >= limit) value = next();
      return value % bound;
    },
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** Shuffles in place (Fisher-Yates) and returns the same array. */
export function shuffle<T extends { readonly length: number; [index: number]: unknown }>(
  items: T,
  random: Random,
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = items[i];
    items[i] = items[j];
    items[j] = held;
  }
  return items;
}
