// Ogg pages (RFC 3533), strictly: every page's checksum must hold and none may be missing.
import { AudioError } from './audioError.ts';
import { quote, text, viewOf, type ByteSource, type Parser } from './source.ts';

const PAGE_HEADER_BYTES = 27;
/** Header, 255 segments' lengths and as many full segments. */
const MAX_PAGE_BYTES = PAGE_HEADER_BYTES + 255 + 255 * 255;
const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;
/** Pages read from the file at once. */
const WINDOW_BYTES = 4 * MAX_PAGE_BYTES;

export interface OggPage {
  /** Its first packet began on an earlier page. */
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** What the codec counts up to the last packet that ends here; -1 where none does. */
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
  /** Lengths of its segments; one below 255 ends a packet. */
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface OggEnds {
  /** The first packet of the stream. */
  readonly head: Uint8Array;
  readonly serial: number;
  /** Granule position at the end of the stream. */
  readonly lastGranule: number;
}

export function isOgg(head: Uint8Array): boolean {
  return text(head, 0, 4) === 'OggS';
}

/** Streams in Ogg that are not read here, by how their first packet starts. */
const OTHER_STREAMS: readonly (readonly [magic: string, name: string])[] = [
  ['\x7fFLAC', 'FLAC'],
  ['Speex   ', 'Speex'],
  ['\x80theora', 'Theora video'],
  ['fishead\0', 'a skeleton of several streams'],
];

/** Reads the first page and the last: what the stream is and how long. */
export function* parseOggEnds(fileBytes: number, path: string): Parser<OggEnds> {
  const first = readPage(yield { offset: 0, length: MAX_PAGE_BYTES }, 0);
  if (first === 'more') throw cutShort(path, 'it ends within its first page');
  if (first === 'wrong' || !first.isFirst) {
    throw new AudioError('damaged', path, 'is damaged: its first Ogg page is not whole');
  }
  const other = OTHER_STREAMS.find(([magic]) => text(first.body, 0, magic.length) === magic);
  if (other) throw new AudioError('unsupported', path, `is Ogg with ${other[1]}, which is not read here`);
  const last = yield* findLast(fileBytes, path);
  if (last.serial !== first.serial) {
    throw new AudioError('unsupported', path, 'is Ogg with several streams, which is not read here');
  }
  return { head: first.body, serial: first.serial, lastGranule: last.granule };
}

/** The last page on which a packet ends. */
function* findLast(fileBytes: number, path: string): Parser<OggPage> {
  const length = Math.min(fileBytes, 2 * MAX_PAGE_BYTES);
  const tail = yield { offset: fileBytes - length, length };
  let ending: OggPage | undefined;
  for (let at = tail.length - PAGE_HEADER_BYTES; at >= 0; at--) {
    if (tail[at] !== 0x4f || text(tail, at, 4) !== 'OggS') continue;
    const page = readPage(tail, at);
    if (typeof page === 'string') continue;
    const rest = tail.length - at - page.bytes.length;
    ending ??= page;
    // What a tagger put behind the last page costs no sound; behind any other, something is missing.
    if (!ending.isLast) {
      const how =
        rest > 0 && page === ending ? `its last ${rest} bytes are half a page` : 'its last page is not there';
      throw cutShort(path, how);
    }
    if (page.granule >= 0) return page;
  }
  throw cutShort(path, 'its last page is not there');
}

/** Every page of a file with a single stream, in order. A page's bytes are good until the next is asked for. */
export function* oggPages(
  source: ByteSource,
  serial: number,
  path: string,
): Generator<OggPage, void, undefined> {
  let offset = 0;
  let window = source.read(0, WINDOW_BYTES);
  let at = 0;
  for (let sequence = 0; ; sequence++) {
    if (window.length - at < MAX_PAGE_BYTES && offset + window.length < source.byteLength) {
      offset += at;
      window = source.read(offset, WINDOW_BYTES);
      at = 0;
    }
    if (at === window.length) throw cutShort(path, 'its last page is not there');
    const page = readPage(window, at);
    if (page === 'more') throw cutShort(path, 'it ends within a page');
    if (page === 'wrong' || page.serial !== serial || page.sequence !== sequence) {
      const what = page === 'wrong' ? 'is not whole' : `is number ${page.sequence} of stream ${page.serial}`;
      throw new AudioError('damaged', path, `is damaged: Ogg page ${sequence} ${what}`);
    }
    yield page;
    if (page.isLast) return;
    at += page.bytes.length;
  }
}

/** Packets of a stream, each with the granule position of the page it ends on, where it is the last to do so. */
export function* oggPackets(pages: Iterable<OggPage>, path: string): Generator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for (const page of pages) {
    if (page.isContinued !== held > 0) {
      throw new AudioError(
        'damaged',
        path,
        `is damaged: Ogg page ${page.sequence} does not continue its packet`,
      );
    }
    let from = 0;
    let at = 0;
    for (const length of page.lacing) {
      at += length;
      if (length === 255) continue;
      const end = page.body.subarray(from, at);
      yield parts.length === 0 ? end : Buffer.concat([...parts, end]);
      parts = [];
      held = 0;
      from = at;
    }
    if (from < at) {
      parts.push(new Uint8Array(page.body.subarray(from, at)));
      held += at - from;
      if (held > MAX_PACKET_BYTES) {
        throw new AudioError('damaged', path, 'is damaged: it has an Ogg packet without an end');
      }
    }
  }
}

/** Larger than any packet of speech, and than the pictures that taggers put into the second one. */
const MAX_PACKET_BYTES = 1 << 25;

/** The page at `at`; `more` if it goes beyond `bytes`, `wrong` if it is not a whole page. */
function readPage(bytes: Uint8Array, at: number): OggPage | 'more' | 'wrong' {
  if (bytes.length - at < PAGE_HEADER_BYTES) return 'more';
  if (text(bytes, at, 4) !== 'OggS' || bytes[at + 4] !== 0) return 'wrong';
  const segments = bytes[at + 26]!;
  const lacing = bytes.subarray(at + PAGE_HEADER_BYTES, at + PAGE_HEADER_BYTES + segments);
  const headerBytes = PAGE_HEADER_BYTES + segments;
  const size = lacing.reduce((sum, length) => sum + length, headerBytes);
  if (lacing.length < segments || at + size > bytes.length) return 'more';
  const page = bytes.subarray(at, at + size);
  const view = viewOf(page);
  if (checksum(page) !== view.getUint32(22, true)) return 'wrong';
  const flags = page[5]!;
  return {
    isContinued: (flags & CONTINUED) !== 0,
    isFirst: (flags & FIRST) !== 0,
    isLast: (flags & LAST) !== 0,
    granule: Number(view.getBigInt64(6, true)),
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    lacing,
    body: page.subarray(headerBytes),
    bytes: page,
  };
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let i = 0; i < 8; i++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** The page's checksum, over its bytes with zeros in the checksum's place. */
export function checksum(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i]!;
    crc = (crc << 8) ^ CRC[(crc >>> 24) ^ byte]!;
  }
  return crc >>> 0;
}

function cutShort(path: string, how: string): AudioError {
  return new AudioError('truncated', path, `is cut short: ${how}`);
}

/** The first packet of a stream that nobody knows. */
export function unknownStream(head: Uint8Array, path: string): AudioError {
  const magic = quote(text(head, 0, Math.min(8, head.length)));
  return new AudioError(
    'unsupported',
    path,
    `is Ogg with a stream that is not read here (it starts with ${magic})`,
  );
}
