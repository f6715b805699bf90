// WAV reading: every encoding round-trips, and every damage is named.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AudioError } from './audioError.ts';
import type { AudioErrorCode } from './audioError.ts';
import { bytesSource, parse } from './source.ts';
import { decodeWav, encodeWavFloat32, encodeWavPcm16, toMono, WAV, type WavLayout } from './wav.ts';

const PATH = '/corpus/a01 (1).wav';
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

interface Layout {
  tag?: number;
  /** Sub-format of an extensible header; makes the header extensible. */
  subformat?: number;
  validBits?: number;
  channels?: number;
  sampleRateHz?: number;
  bits?: number;
  blockAlign?: number;
  bytesPerSecond?: number;
  /** Sizes as the header claims them. */
  dataSize?: number;
  riffSize?: number;
  /** Chunks around the samples. */
  before?: Uint8Array[];
  after?: Uint8Array[];
}

/** A WAV file written field by field, so that tests can lie in any of them. */
function wav(data: Uint8Array, layout: Layout = {}): Uint8Array {
  const { channels = 1, sampleRateHz = 22_050, bits = 16, before = [], after = [] } = layout;
  const blockAlign = layout.blockAlign ?? (channels * bits) / 8;
  const extensible = layout.subformat !== undefined;
  const fmt = Buffer.alloc(extensible ? 40 : 16);
  fmt.writeUInt16LE(extensible ? EXTENSIBLE : (layout.tag ?? PCM), 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(sampleRateHz, 4);
  fmt.writeUInt32LE(layout.bytesPerSecond ?? (sampleRateHz * blockAlign) % 2 ** 32, 8);
  fmt.writeUInt16LE(blockAlign, 12);
  fmt.writeUInt16LE(bits, 14);
  if (extensible) {
    fmt.writeUInt16LE(22, 16);
    fmt.writeUInt16LE(layout.validBits ?? bits, 18);
    fmt.writeUInt16LE(layout.subformat!, 24);
    fmt.set([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71], 26);
  }
  const body = [...before, chunk('fmt ', fmt), chunk('data', data, layout.dataSize), ...after];
  const bytes = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), ...body]);
  bytes.writeUInt32LE(layout.riffSize ?? bytes.length - 8, 4);
  return new Uint8Array(bytes);
}

function chunk(id: string, body: Uint8Array, size = body.length): Uint8Array {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function pcm16(...values: number[]): Uint8Array {
  return new Uint8Array(Int16Array.from(values).buffer);
}

function layoutOf(bytes: Uint8Array): WavLayout {
  return parse(WAV.parse(bytes.length, PATH), bytesSource(bytes));
}

function errorOf(bytes: Uint8Array): AudioError {
  try {
    decodeWav(bytes, PATH);
  } catch (error) {
    if (error instanceof AudioError) return error;
    throw error;
  }
  throw new Error('decoded without an error');
}

const ends = (bytes: Uint8Array, layout: Layout): number[] => [
  ...decodeWav(wav(bytes, layout), PATH).channels[0]!,
];

describe('scaling is libsndfile’s', () => {
  test('8-bit is unsigned', () => {
    expect(ends(Uint8Array.of(0, 128, 255), { bits: 8 })).toEqual([-1, 0, 127 / 128]);
  });
  test('16-bit', () => {
    expect(ends(pcm16(-32768, 0, 1, 32767), { bits: 16 })).toEqual([-1, 0, 2 ** -15, 1 - 2 ** -15]);
  });
  test('24-bit', () => {
    const bytes = Uint8Array.of(0, 0, 0x80, 0xff, 0xff, 0xff, 1, 0, 0, 0xff, 0xff, 0x7f);
    expect(ends(bytes, { bits: 24 })).toEqual([-1, -(2 ** -23), 2 ** -23, 1 - 2 ** -23]);
  });
  test('32-bit', () => {
    const bytes = new Uint8Array(Int32Array.of(-(2 ** 31), 2 ** 30, 256).buffer);
    expect(ends(bytes, { bits: 32 })).toEqual([-1, 0.5, 2 ** -23]);
  });
  test('floats are kept, beyond full scale too', () => {
    const values = [-1.5, 0, 0.25, 3];
    expect(ends(new Uint8Array(Float32Array.from(values).buffer), { tag: FLOAT, bits: 32 })).toEqual(values);
    expect(ends(new Uint8Array(Float64Array.from(values).buffer), { tag: FLOAT, bits: 64 })).toEqual(values);
  });
});

describe('G.711', () => {
  /** The ends, the middle and a value of each, from the tables of ITU-T G.711 (and sox). */
  test('A-law', () => {
    expect(ends(Uint8Array.of(0x2a, 0xaa, 0x55, 0xd5, 0x80), { tag: 6, bits: 8 })).toEqual(
      [-32256, 32256, -8, 8, 5504].map((value) => value / 32768),
    );
  });
  test('mu-law', () => {
    expect(ends(Uint8Array.of(0x00, 0x80, 0x7f, 0xff, 0xd5), { tag: 7, bits: 8 })).toEqual(
      [-32124, 32124, -0, 0, 716].map((value) => value / 32768),
    );
  });
});

describe('long sizes', () => {
  const data = pcm16(1, 2, 3, 4);
  const sizes = (riff: number, samples: number): Uint8Array => {
    const body = Buffer.alloc(28);
    body.writeBigUInt64LE(BigInt(riff), 0);
    body.writeBigUInt64LE(BigInt(samples), 8);
    return chunk('ds64', body);
  };
  const rf64 = (samples: number, magic = 'RF64'): Uint8Array => {
    const unknown = { riffSize: 0xffffffff, dataSize: 0xffffffff };
    const bytes = Buffer.from(wav(data, { ...unknown, before: [sizes(80, samples)] }));
    bytes.write(magic, 'latin1');
    return bytes;
  };

  test.each(['RF64', 'BW64'])('%s', (magic) => {
    expect(decodeWav(rf64(8, magic), PATH).channels[0]).toHaveLength(4);
  });
  test('that lie', () => {
    expect(errorOf(rf64(2 ** 33)).reason).toMatch(/claims 8589934592 bytes, the file has 8/);
  });
});

describe('what real files do', () => {
  const samples = pcm16(1, 2, 3, 4);
  const expected = [1, 2, 3, 4].map((value) => value / 32768);

  test.each<[string, Uint8Array]>([
    ['an extensible header', wav(samples, { subformat: PCM })],
    [
      'unknown, JUNK and LIST chunks, of odd sizes',
      wav(samples, {
        before: [chunk('JUNK', new Uint8Array(27)), chunk('bext', new Uint8Array(602))],
        after: [chunk('LIST', new Uint8Array(13))],
      }),
    ],
    ['bytes after the RIFF end', Uint8Array.of(...wav(samples), 1, 2, 3)],
    ['a RIFF size that counts its own header', wav(samples, { riffSize: 44 + 8 })],
    [
      'both sizes unknown, as streaming writers leave them',
      wav(samples, { riffSize: 0xffffffff, dataSize: 0xffffffff }),
    ],
  ])('%s', (_, bytes) => {
    expect([...decodeWav(bytes, PATH).channels[0]!]).toEqual(expected);
  });

  test('a missing pad byte after the last chunk', () => {
    const padded = wav(Uint8Array.of(1, 2, 3), { bits: 8 });
    expect(decodeWav(padded.subarray(0, -1), PATH).channels[0]).toHaveLength(3);
  });

  test('samples in a buffer that is part of a larger one', () => {
    const larger = Buffer.concat([Buffer.alloc(3), wav(samples), Buffer.alloc(5)]);
    expect([...decodeWav(larger.subarray(3, -5), PATH).channels[0]!]).toEqual(expected);
  });

  test('channels are parted', () => {
    const { channels } = decodeWav(wav(pcm16(1, -1, 2, -2, 3, -3), { channels: 2 }), PATH);
    expect(channels.map((channel) => [...channel].map((value) => value * 32768))).toEqual([
      [1, 2, 3],
      [-1, -2, -3],
    ]);
    expect([...toMono(channels)]).toEqual([0, 0, 0]);
  });

  test('24 valid bits in 32', () => {
    const bytes = wav(new Uint8Array(Int32Array.of(2 ** 30).buffer), {
      bits: 32,
      subformat: PCM,
      validBits: 24,
    });
    expect(layoutOf(bytes).bitsPerSample).toBe(32);
    expect(decodeWav(bytes, PATH).channels[0]![0]).toBe(0.5);
  });
});

describe('damage is named', () => {
  const good = wav(pcm16(...Array.from({ length: 100 }, (_, i) => i)));
  const withText = (at: number, value: string): Uint8Array => {
    const bytes = Buffer.from(good);
    bytes.write(value, at, 'latin1');
    return bytes;
  };
  const data = pcm16(1, 2, 3, 4);

  test.each<[string, Uint8Array, AudioErrorCode, RegExp]>([
    ['text', Buffer.from('<html><body>404</body></html>'), 'not-audio', /starts with "<htm"/],
    ['not WAVE', withText(8, 'AVI '), 'not-audio', /type "AVI ", not WAVE/],
    ['big-endian', withText(0, 'RIFX'), 'unsupported', /RIFX/],
    ['cut in the RIFF header', good.subarray(0, 10), 'truncated', /10 bytes/],
    ['cut after the RIFF header', good.subarray(0, 12), 'missing-chunk', /neither a fmt nor a data chunk/],
    ['cut in fmt', good.subarray(0, 30), 'truncated', /"fmt " chunk claims 16 bytes, the file has 10/],
    ['cut after fmt', good.subarray(0, 36), 'missing-chunk', /no data chunk/],
    ['cut after the header', good.subarray(0, 44), 'truncated', /ends after its header/],
    [
      'cut in the samples',
      good.subarray(0, 144),
      'truncated',
      /data chunk claims 200 bytes, the file has 100/,
    ],
    ['no fmt', withText(12, 'xxxx'), 'missing-chunk', /no fmt chunk/],
    ['no data', withText(36, 'xxxx'), 'missing-chunk', /no data chunk/],
    ['a short fmt', withText(16, '\x08'), 'bad-header', /fmt chunk of 8 bytes/],
    [
      'a data size that lies',
      wav(data, { dataSize: 80_000 }),
      'truncated',
      /claims 80000 bytes, the file has 8/,
    ],
    ['a data size never written', wav(data, { dataSize: 0 }), 'bad-header', /never finished/],
    ['an unknown data size only', wav(data, { dataSize: 0xffffffff }), 'truncated', /4294967295/],
    ['no samples', wav(new Uint8Array(0)), 'empty', /no samples/],
    ['a partial sample', wav(Uint8Array.of(1, 2, 3)), 'truncated', /middle of a sample/],
    [
      'a RIFF size beyond the file',
      wav(data, { riffSize: 500 }),
      'truncated',
      /claims 508 bytes, the file has 52/,
    ],
    ['a RIFF size never written', wav(data, { riffSize: 0 }), 'bad-header', /contradicts itself/],
    ['no channels', wav(data, { channels: 0 }), 'bad-header', /0 channels/],
    ['rate 0', wav(data, { sampleRateHz: 0 }), 'bad-header', /0 Hz/],
    ['0 bits', wav(data, { bits: 0 }), 'bad-header', /0 bits/],
    ['12 bits', wav(data, { bits: 12, blockAlign: 2 }), 'unsupported', /12-bit PCM/],
    ['16-bit float', wav(data, { tag: FLOAT }), 'unsupported', /16-bit float/],
    ['block align', wav(data, { blockAlign: 4 }), 'bad-header', /block align of 4 bytes where .* make 2/],
    ['byte rate', wav(data, { bytesPerSecond: 1 }), 'bad-header', /says 1 bytes a second/],
    ['ADPCM', wav(data, { tag: 2 }), 'unsupported', /Microsoft ADPCM/],
    ['16-bit mu-law', wav(data, { tag: 7 }), 'unsupported', /16-bit mu-law samples; readable are 8 bits/],
    ['MP3 in WAV', wav(data, { tag: 0x55 }), 'unsupported', /MP3/],
    ['an unknown codec', wav(data, { tag: 0x1234 }), 'unsupported', /0x1234/],
    ['16-bit A-law, extensible', wav(data, { subformat: 6 }), 'unsupported', /A-law/],
    ['300 channels', wav(new Uint8Array(600), { channels: 300 }), 'bad-header', /300 channels/],
    ['valid bits', wav(data, { subformat: PCM, validBits: 24 }), 'bad-header', /24 valid bits/],
    ['extensible without extension', wav(data, { tag: EXTENSIBLE }), 'bad-header', /lacks its extension/],
    [
      'NaN',
      wav(new Uint8Array(Float32Array.of(0, NaN).buffer), { tag: FLOAT, bits: 32 }),
      'non-finite',
      /sample 1/,
    ],
    [
      'an infinite float64',
      wav(new Uint8Array(Float64Array.of(1e300).buffer), { tag: FLOAT, bits: 64 }),
      'non-finite',
      /sample 0/,
    ],
  ])('%s', (_, bytes, code, reason) => {
    const error = errorOf(bytes);
    expect(error.code).toBe(code);
    expect(error.reason).toMatch(reason);
    expect(error.path).toBe(PATH);
    expect(error.message).toBe(`${PATH}: ${error.reason}`);
  });
});

describe('properties', () => {
  const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
  const channelsOf = (value: fc.Arbitrary<number>): fc.Arbitrary<Float32Array[]> =>
    fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 })).chain(([count, frames]) =>
      fc.array(
        fc.array(value, { minLength: frames, maxLength: frames }).map((values) => Float32Array.from(values)),
        { minLength: count, maxLength: count },
      ),
    );
  const rate = fc.integer({ min: 1, max: 384_000 });

  test('float32 round-trips to the bit', () => {
    fc.assert(
      fc.property(channelsOf(finite), rate, (channels, sampleRateHz) => {
        const bytes = encodeWavFloat32(channels, sampleRateHz);
        expect(decodeWav(bytes, PATH)).toEqual({ sampleRateHz, channels });
        expect(layoutOf(bytes)).toMatchObject({
          sampleRateHz,
          channels: channels.length,
          encoding: '32-bit float',
          frames: channels[0]!.length,
          durationSeconds: channels[0]!.length / sampleRateHz,
        });
      }),
    );
  });

  test('16-bit round-trips what 16 bits hold, and clips the rest', () => {
    const value = fc.integer({ min: -40_000, max: 40_000 }).map((level) => level / 32768);
    fc.assert(
      fc.property(channelsOf(value), rate, (channels, sampleRateHz) => {
        const clipped = channels.map((channel) =>
          channel.map((sample) => Math.max(-1, Math.min(32767 / 32768, sample))),
        );
        expect(decodeWav(encodeWavPcm16(channels, sampleRateHz), PATH)).toEqual({
          sampleRateHz,
          channels: clipped,
        });
      }),
    );
  });

  /** Runs both readers; both must agree, and fail only by an AudioError that names the file. */
  function check(bytes: Uint8Array): void {
    let failure: AudioError | undefined;
    try {
      const header = layoutOf(bytes);
      expect(header.frames * header.channels * (header.bitsPerSample / 8)).toBeLessThanOrEqual(bytes.length);
      const { channels } = decodeWav(bytes, PATH);
      expect(channels).toHaveLength(header.channels);
      expect(channels.every((channel) => channel.length === header.frames)).toBe(true);
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      failure = error;
    }
    if (failure) expect(failure.message.startsWith(`${PATH}: `)).toBe(true);
  }

  const original = wav(pcm16(...Array.from({ length: 64 }, (_, i) => i * 100)), {
    channels: 2,
    subformat: PCM,
    before: [chunk('JUNK', new Uint8Array(5))],
    after: [chunk('LIST', new Uint8Array(9))],
  });

  test('any bytes after a RIFF header', () => {
    const head = Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => check(Buffer.concat([head, tail]))),
      { numRuns: 500 },
    );
  });

  test('any header fields', () => {
    const u16 = fc.integer({ min: 0, max: 0xffff });
    const u32 = fc.integer({ min: 0, max: 0xffffffff });
    const layout = fc.record(
      {
        tag: fc.constantFrom(PCM, FLOAT, EXTENSIBLE, 2),
        subformat: fc.constantFrom(PCM, FLOAT, 6),
        validBits: u16,
        channels: fc.oneof(fc.integer({ min: 0, max: 8 }), u16),
        sampleRateHz: fc.oneof(fc.constantFrom(0, 8_000, 48_000), u32),
        bits: fc.constantFrom(0, 8, 12, 16, 24, 32, 64, 65_528),
        blockAlign: u16,
        bytesPerSecond: u32,
        dataSize: u32,
        riffSize: u32,
      },
      { requiredKeys: [] },
    );
    const small = (fields: Layout): Layout => ({
      ...fields,
      blockAlign:
        fields.blockAlign ?? Math.floor(((fields.channels ?? 1) * (fields.bits ?? 16)) / 8) % 0x10000,
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), layout, (data, fields) =>
        check(wav(data, small(fields))),
      ),
      { numRuns: 500 },
    );
  });

  test('every truncation is an error', () => {
    // Up to the end of the samples: a LIST chunk of 18 bytes follows them, whose loss costs no sound.
    const samplesEnd = original.length - 18;
    for (let length = 0; length < samplesEnd; length++) errorOf(original.subarray(0, length));
  });

  test('flipped bits', () => {
    const flips = fc.array(fc.nat({ max: original.length * 8 - 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(flips, (bits) => {
        const bytes = original.slice();
        for (const bit of bits) bytes[bit >> 3]! ^= 1 << (bit & 7);
        return check(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});
