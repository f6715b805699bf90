// Capture on the audio thread, and nothing else: blocks of samples with their place and the time they were heard.

declare const registerProcessor: (name: string, processor: unknown) => void;
declare const AudioWorkletProcessor: new () => { readonly port: MessagePort };

interface CaptureOptions {
  readonly processorOptions: { readonly blockSamples: number };
}

class Capture extends AudioWorkletProcessor {
  #block: Float32Array<ArrayBuffer>;
  #filled = 0;
  #at = 0;

  constructor({ processorOptions }: CaptureOptions) {
    super();
    this.#block = new Float32Array(processorOptions.blockSamples);
  }

  /** One channel as it is, several as their mean; nothing connected is silence, so that time goes on. */
  process([channels = []]: Float32Array[][]): boolean {
    const length = channels[0]?.length ?? 128;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i]!;
      this.#block[this.#filled++] = channels.length > 1 ? sum / channels.length : sum;
      if (this.#filled === this.#block.length) this.#send();
    }
    return true;
  }

  #send(): void {
    const samples = this.#block;
    // Before it is handed over: what was handed over has no length.
    this.#block = new Float32Array(samples.length);
    this.#filled = 0;
    const at = this.#at;
    this.#at += samples.length;
    this.port.postMessage({ samples, at, heardMs: Date.now() }, [samples.buffer]);
  }
}

registerProcessor('capture', Capture);
