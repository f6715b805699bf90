// ID3v2 tags in front of a stream (id3.org, ID3v2.4 structure, section 3.1): only how long they are.
import { AudioError } from './audioError.ts';
import { text, type Parser } from './source.ts';

const HEADER_BYTES = 10;
/** Some files carry one tag after another; none carries many. */
const MAX_TAGS = 16;

/** Where the stream begins. */
export function* skipId3(path: string): Parser<number> {
  let offset = 0;
  for (let count = 0; count < MAX_TAGS; count++) {
    const head = yield { offset, length: HEADER_BYTES };
    if (head.length < HEADER_BYTES || text(head, 0, 3) !== 'ID3') return offset;
    const sizes = head.subarray(6, 10);
    if (sizes.some((byte) => byte > 0x7f)) {
      throw new AudioError('bad-header', path, 'has an ID3 tag of a length that means nothing');
    }
    const size = sizes.reduce((sum, byte) => sum * 128 + byte, 0);
    const hasFooter = (head[5]! & 0x10) !== 0;
    offset += HEADER_BYTES + size + (hasFooter ? HEADER_BYTES : 0);
  }
  throw new AudioError('bad-header', path, 'has nothing but ID3 tags');
}
