#pragma once
// Image codecs (libpng, libjpeg) and deflate (zlib) behind plain C functions.
//
// Every function that can fail returns 0 on success and else says why in its message or result. No
// function keeps a pointer after it returns.

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

#ifdef __cplusplus
extern "C" {
#endif

#define CI_CHECKED __attribute__((warn_unused_result))

/// Room for one sentence about what went wrong; always ends in a zero byte.
typedef struct CIMessage {
  char text[256];
} CIMessage;

/// The kinds of file `ci_image_info` tells apart, by their first bytes and not by their name.
typedef enum CIImageKind { CIImagePNG = 1, CIImageJPEG = 2 } CIImageKind;

/// What an image's header declares.
typedef struct CIImageInfo {
  CIImageKind kind;
  uint32_t width;
  uint32_t height;
  /// 1 when the file holds grey values only, else 3.
  int32_t channels;
} CIImageInfo;

/// Reads the header of a PNG or JPEG file. Nothing is decoded. Returns 0 on success.
CI_CHECKED int ci_image_info(const uint8_t *bytes, size_t count, CIImageInfo *info,
                             CIMessage *message);

/// Decodes a PNG or JPEG into `pixels`: height rows of width pixels of `channels` (1 or 3) bytes.
///
/// `pixel_bytes` must be width * height * channels of `ci_image_info`. Transparent pixels are laid
/// on black. Returns 0 on success.
CI_CHECKED int ci_image_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels,
                               size_t pixel_bytes, CIMessage *message);

/// Encodes 8-bit pixels as PNG: `channels` is 1 (grey), 3 (RGB) or 4 (RGBA).
///
/// On success `*png` is memory of `*png_count` bytes that the caller frees with `ci_free`.
/// Returns 0 on success.
CI_CHECKED int ci_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                             uint8_t *_Nullable *_Nonnull png, size_t *png_count,
                             CIMessage *message);

/// How an inflate ended.
typedef enum CIInflateResult {
  /// The stream ended and filled the output exactly.
  CIInflateDone = 0,
  /// The output is full and the stream has not ended.
  CIInflateMore = 1,
  /// The stream ended before the output was full.
  CIInflateShort = 2,
  /// The input ended before the stream did.
  CIInflateTruncated = 3,
  /// The input is no deflate stream.
  CIInflateCorrupt = 4,
} CIInflateResult;

/// Inflates a raw deflate stream (zip) into exactly `output_count` bytes.
CI_CHECKED CIInflateResult ci_inflate(const uint8_t *input, size_t input_count, uint8_t *output,
                                      size_t output_count);

/// Inflates a gzip file, which may be several members one after the other; `*written` says how many
/// bytes of the output were filled. Checksums are verified for members read to their end.
CI_CHECKED CIInflateResult ci_gunzip(const uint8_t *input, size_t input_count, uint8_t *output,
                                     size_t output_count, size_t *written);

/// Deflates into memory that the caller frees with `ci_free`; a gzip file when `gzip` is not 0, else
/// a raw stream. Returns 0 on success, not 0 when memory ran out.
CI_CHECKED int ci_deflate(const uint8_t *input, size_t input_count, int gzip,
                          uint8_t *_Nullable *_Nonnull output, size_t *output_count);

/// The CRC-32 of zip and gzip, continued from that of the bytes before (0 at the start).
uint32_t ci_crc32(uint32_t previous, const uint8_t *bytes, size_t count);

/// Memory for `count` bytes that are not touched yet; NULL when there is none. Free with `ci_free`.
void *_Nullable ci_allocate(size_t count);

/// Frees memory made by this library.
void ci_free(void *_Nullable memory);

#ifdef __cplusplus
}
#endif

#pragma clang assume_nonnull end
