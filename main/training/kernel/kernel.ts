// Loads the training kernel into a memory that threads share, and hands out that memory.
import { Worker } from 'node:worker_threads';
import { PLAIN_BASE64, RELAXED_BASE64 } from './wasm.ts';

/**
 * Relaxed SIMD rounds a product and its sum once where the processor can, and is faster there; its last bits may
 * differ between processors. Plain SIMD gives the same bits everywhere.
 */
export type KernelBuild = 'relaxed SIMD' | 'plain SIMD';

interface KernelExports {
  run(tape: number): void;
  runBoth(control: number, mine: number, other: number): void;
}

/** Below it lie the compiler's own tables. */
const FIRST_ADDRESS = 65_536;
const PAGE = 65_536;
const MOST_PAGES = 65_536;
/** A row of vectors and a line of the cache. */
const ALIGNMENT = 64;
const CONTROL_BYTES = 64;

/** What a second thread does: three lines, so they are no file of their own. */
const THREAD = `
const { module, memory, control } = require('node:worker_threads').workerData;
const env = { memory, abort() { throw new Error('the kernel gave up'); } };
new WebAssembly.Instance(module, { env }).exports.serve(control);
`;

/** The fastest build this runtime validates. */
export function bestBuild(): KernelBuild {
  return WebAssembly.validate(bytesOf('relaxed SIMD')) ? 'relaxed SIMD' : 'plain SIMD';
}

/** "one thread", "two threads": the kernel uses no more. */
export function threadWords(threads: number): string {
  return threads > 1 ? 'two threads' : 'one thread';
}

const modules = new Map<KernelBuild, WebAssembly.Module>();

function bytesOf(build: KernelBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(build === 'relaxed SIMD' ? RELAXED_BASE64 : PLAIN_BASE64, 'base64'));
}

function moduleOf(build: KernelBuild): WebAssembly.Module {
  const module = modules.get(build) ?? new WebAssembly.Module(bytesOf(build));
  modules.set(build, module);
  return module;
}

/** One instance of the kernel with a memory of its own. */
export class Kernel {
  readonly build: KernelBuild;
  readonly #module: WebAssembly.Module;
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  readonly #exports: KernelExports;
  #free = FIRST_ADDRESS;
  #control = 0;
  #thread: Worker | null = null;

  constructor(build: KernelBuild = bestBuild()) {
    this.build = build;
    this.#module = moduleOf(build);
    const abort = (): never => {
      throw new Error('the kernel gave up');
    };
    const instance = new WebAssembly.Instance(this.#module, { env: { memory: this.#memory, abort } });
    this.#exports = instance.exports as unknown as KernelExports;
  }

  /**
   * Zeroed memory, aligned to a line of the cache; kept as long as the kernel.
   * @returns its address
   * @throws RangeError where 4 GB do not hold it
   */
  allocate(bytes: number): number {
    const address = this.#free;
    const end = Math.ceil((address + bytes) / ALIGNMENT) * ALIGNMENT;
    const missing = Math.ceil(end / PAGE) - this.#memory.buffer.byteLength / PAGE;
    if (missing > 0) this.#memory.grow(missing);
    this.#free = end;
    return address;
  }

  /** A view of `count` float32 at an address; valid for good, for memory that threads share never moves. */
  floats(address: number, count: number): Float32Array<ArrayBufferLike> {
    return new Float32Array(this.#memory.buffer, address, count);
  }

  doubles(address: number, count: number): Float64Array<ArrayBufferLike> {
    return new Float64Array(this.#memory.buffer, address, count);
  }

  integers(address: number, count: number): Int32Array<ArrayBufferLike> {
    return new Int32Array(this.#memory.buffer, address, count);
  }

  /** Runs the tape at an address. */
  run(tape: number): void {
    this.#exports.run(tape);
  }

  /** Runs two tapes side by side, the other one in a second thread, which is started at the first call. */
  runBoth(mine: number, other: number): void {
    if (!this.#thread) {
      this.#control = this.allocate(CONTROL_BYTES);
      const workerData = { module: this.#module, memory: this.#memory, control: this.#control };
      this.#thread = new Worker(THREAD, { eval: true, workerData });
      // It waits for tapes for ever; the process need not.
      this.#thread.unref();
    }
    this.#exports.runBoth(this.#control, mine, other);
  }

  /** Ends the second thread. */
  dispose(): void {
    void this.#thread?.terminate();
    this.#thread = null;
  }
}
