// Types of @echogarden/fvad-wasm, which has none: libfvad compiled by Emscripten.
declare module '@echogarden/fvad-wasm' {
  export interface FvadModule {
    readonly HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _fvad_new(): number;
    _fvad_set_mode(handle: number, mode: number): number;
    _fvad_set_sample_rate(handle: number, sampleRateHz: number): number;
    /** 1 speech, 0 none, -1 for a frame of no valid length. */
    _fvad_process(handle: number, samples: number, length: number): number;
  }
  export default function createFvad(options: { wasmBinary: Uint8Array }): Promise<FvadModule>;
}
