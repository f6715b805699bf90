// Instances of the WebAssembly modules: each has memory of its own, and is dropped with the stream it decoded.

export interface NativeBase {
  readonly memory: WebAssembly.Memory;
  /** Address of so many bytes; 0 where there is no more memory. */
  allocate(bytes: number): number;
}

const compiled = new Map<string, WebAssembly.Module>();

/** @param base64 the module, compiled once */
export function instantiate<T extends NativeBase>(base64: string): T {
  const module = compiled.get(base64) ?? new WebAssembly.Module(Buffer.from(base64, 'base64'));
  compiled.set(base64, module);
  const { sin, cos, exp, log, pow } = Math;
  const instance = new WebAssembly.Instance(module, { host: { sin, cos, exp, log, pow } });
  return instance.exports as unknown as T;
}
