// Vorbis (stb_vorbis) as a WebAssembly module; an instance decodes one stream.
#include "freestanding.h"

#define STB_VORBIS_NO_CRT
#define STB_VORBIS_NO_PULLDATA_API
#define STB_VORBIS_NO_INTEGER_CONVERSION
// One line differs from upstream; it says so.
#include "third-party/stb_vorbis.c"

/** Tables and work space of a stream: some ten times what the largest seen ask for. */
#define VORBIS_BYTES (8 << 20)

static stb_vorbis *vorbis;

/** Reads the headers from the file's first pages. Returns the bytes used; 0 where more are needed; else -error. */
EXPORT("openVorbis") int open_vorbis(const uint8_t *data, int bytes) {
  static stb_vorbis_alloc space;
  int used = 0, error = 0;
  if (!space.alloc_buffer) space.alloc_buffer = allocate(VORBIS_BYTES);
  space.alloc_buffer_length_in_bytes = VORBIS_BYTES;
  if (!space.alloc_buffer) return -VORBIS_outofmem;
  vorbis = stb_vorbis_open_pushdata(data, bytes, &used, &error, &space);
  if (vorbis) return used;
  return error == VORBIS_need_more_data ? 0 : -(error ? error : VORBIS_invalid_stream);
}

/**
 * Decodes the next packet. `result`: samples a channel, channels, the address of a list of them, the decoder's error.
 * Returns the bytes used; 0 where more are needed.
 */
EXPORT("decodeVorbis") int decode_vorbis(const uint8_t *data, int bytes, int *result) {
  float **channels = 0;
  int count = 0, samples = 0;
  int used = stb_vorbis_decode_frame_pushdata(vorbis, data, bytes, &count, &channels, &samples);
  result[0] = samples;
  result[1] = count;
  result[2] = (int)channels;
  result[3] = stb_vorbis_get_error(vorbis);
  return used;
}
