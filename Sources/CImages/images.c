#include <string.h>

#include "codecs.h"

static const uint8_t png_start[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
static const uint8_t jpeg_start[3] = {0xFF, 0xD8, 0xFF};

static int kind_of(const uint8_t *bytes, size_t count) {
  if (count >= sizeof png_start && memcmp(bytes, png_start, sizeof png_start) == 0) {
    return CIImagePNG;
  }
  if (count >= sizeof jpeg_start && memcmp(bytes, jpeg_start, sizeof jpeg_start) == 0) {
    return CIImageJPEG;
  }
  return 0;
}

int ci_image_info(const uint8_t *bytes, size_t count, CIImageInfo *info, CIMessage *message) {
  memset(info, 0, sizeof *info);
  memset(message, 0, sizeof *message);
  switch (kind_of(bytes, count)) {
    case CIImagePNG: return ci_png_info(bytes, count, info, message);
    case CIImageJPEG: return ci_jpeg_info(bytes, count, info, message);
    default: return ci_say(message, "the file starts like neither a PNG nor a JPEG");
  }
}

int ci_image_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels,
                    size_t pixel_bytes, CIMessage *message) {
  memset(message, 0, sizeof *message);
  if (channels != 1 && channels != 3) return ci_say(message, "pixels have 1 or 3 channels");
  switch (kind_of(bytes, count)) {
    case CIImagePNG: return ci_png_decode(bytes, count, channels, pixels, pixel_bytes, message);
    case CIImageJPEG: return ci_jpeg_decode(bytes, count, channels, pixels, pixel_bytes, message);
    default: return ci_say(message, "the file starts like neither a PNG nor a JPEG");
  }
}
