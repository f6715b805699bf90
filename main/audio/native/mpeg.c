// MPEG audio (minimp3) as a WebAssembly module; an instance decodes one stream.
#include "freestanding.h"

#define MINIMP3_IMPLEMENTATION
#define MINIMP3_FLOAT_OUTPUT
#define MINIMP3_NO_SIMD
#include "third-party/minimp3.h"

static mp3dec_t mpeg;

/** Decodes one whole frame into interleaved samples. Returns samples a channel; 0 where the frame gives none. */
EXPORT("decodeMpegFrame") int decode_mpeg_frame(const uint8_t *frame, int bytes, float *samples) {
  mp3dec_frame_info_t info;
  return mp3dec_decode_frame(&mpeg, frame, bytes, samples, &info);
}
