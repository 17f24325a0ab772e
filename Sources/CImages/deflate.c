#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cimages.h"

// zlib counts in 32-bit numbers: larger buffers are handed over in pieces of this size.
static const size_t piece = (size_t)1 << 30;

static uInt piece_of(size_t left) { return (uInt)(left < piece ? left : piece); }

static CIInflateResult inflate_all(int window_bits, int concatenated, const uint8_t *input,
                                   size_t input_count, uint8_t *output, size_t output_count,
                                   size_t *written) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (inflateInit2(&stream, window_bits) != Z_OK) return CIInflateCorrupt;
  size_t consumed = 0, produced = 0;
  // One byte more than asked for: a full output then tells "ended" from "goes on".
  uint8_t spill;
  CIInflateResult result = CIInflateCorrupt;
  for (;;) {
    int spilling = produced == output_count;
    uInt room = spilling ? 1 : piece_of(output_count - produced);
    uInt offered = piece_of(input_count - consumed);
    stream.next_in = (Bytef *)(input + consumed);
    stream.avail_in = offered;
    stream.next_out = spilling ? &spill : output + produced;
    stream.avail_out = room;
    int status = inflate(&stream, Z_NO_FLUSH);
    consumed += offered - stream.avail_in;
    uInt made = room - stream.avail_out;
    if (spilling && made > 0) {
      result = CIInflateMore;
      break;
    }
    produced += made;
    if (status == Z_STREAM_END) {
      if (concatenated && consumed < input_count && inflateReset(&stream) == Z_OK) continue;
      result = produced == output_count ? CIInflateDone : CIInflateShort;
      break;
    }
    if (status != Z_OK && status != Z_BUF_ERROR) break;
    if (made == 0 && offered == stream.avail_in) {
      result = consumed == input_count ? CIInflateTruncated : CIInflateCorrupt;
      break;
    }
  }
  inflateEnd(&stream);
  *written = produced;
  return result;
}

CIInflateResult ci_inflate(const uint8_t *input, size_t input_count, uint8_t *output,
                           size_t output_count) {
  size_t written = 0;
  return inflate_all(-MAX_WBITS, 0, input, input_count, output, output_count, &written);
}

CIInflateResult ci_gunzip(const uint8_t *input, size_t input_count, uint8_t *output,
                          size_t output_count, size_t *written) {
  return inflate_all(MAX_WBITS + 16, 1, input, input_count, output, output_count, written);
}

int ci_deflate(const uint8_t *input, size_t input_count, int gzip, uint8_t **output,
               size_t *output_count) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  int window_bits = gzip ? MAX_WBITS + 16 : -MAX_WBITS;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return 1;
  }
  size_t capacity = deflateBound(&stream, input_count) + 64;
  uint8_t *made = malloc(capacity);
  if (made == NULL) {
    deflateEnd(&stream);
    return 1;
  }
  size_t consumed = 0, produced = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    uInt offered = piece_of(input_count - consumed);
    uInt room = piece_of(capacity - produced);
    stream.next_in = (Bytef *)(input + consumed);
    stream.avail_in = offered;
    stream.next_out = made + produced;
    stream.avail_out = room;
    int is_last = consumed + offered == input_count;
    status = deflate(&stream, is_last ? Z_FINISH : Z_NO_FLUSH);
    consumed += offered - stream.avail_in;
    produced += room - stream.avail_out;
  }
  deflateEnd(&stream);
  if (status != Z_STREAM_END) {
    free(made);
    return 1;
  }
  *output = made;
  *output_count = produced;
  return 0;
}

uint32_t ci_crc32(uint32_t previous, const uint8_t *bytes, size_t count) {
  uLong sum = previous;
  while (count > 0) {
    uInt part = piece_of(count);
    sum = crc32(sum, bytes, part);
    bytes += part;
    count -= part;
  }
  return (uint32_t)sum;
}

void *ci_allocate(size_t count) { return malloc(count > 0 ? count : 1); }

void ci_free(void *memory) { free(memory); }
