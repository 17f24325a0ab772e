#pragma once
#include "cimages.h"

/// Writes the message and returns 1, the result of a failure.
int ci_say(CIMessage *message, const char *text);

int ci_png_info(const uint8_t *bytes, size_t count, CIImageInfo *info, CIMessage *message);
int ci_png_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels,
                  size_t pixel_bytes, CIMessage *message);
int ci_jpeg_info(const uint8_t *bytes, size_t count, CIImageInfo *info, CIMessage *message);
int ci_jpeg_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels,
                   size_t pixel_bytes, CIMessage *message);
