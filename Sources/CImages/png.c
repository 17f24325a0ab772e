#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs.h"

static int fail(png_image *image, CIMessage *message) {
  snprintf(message->text, sizeof message->text, "%s",
           image->message[0] ? image->message : "unknown PNG error");
  png_image_free(image);
  return 1;
}

int ci_png_info(const uint8_t *bytes, size_t count, CIImageInfo *info, CIMessage *message) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes, count)) return fail(&image, message);
  info->kind = CIImagePNG;
  info->width = image.width;
  info->height = image.height;
  info->channels = (image.format & PNG_FORMAT_FLAG_COLOR) ? 3 : 1;
  png_image_free(&image);
  return 0;
}

int ci_png_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels,
                  size_t pixel_bytes, CIMessage *message) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes, count)) return fail(&image, message);
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  if ((size_t)image.width * image.height * (size_t)channels != pixel_bytes) {
    png_image_free(&image);
    return ci_say(message, "the image's size changed while it was read");
  }
  // Without a background colour, transparent pixels would show what was in memory before.
  png_color black = {0, 0, 0};
  if (!png_image_finish_read(&image, &black, pixels, 0, NULL)) return fail(&image, message);
  // A warning in the simplified API means that something of the file was made up.
  if (image.warning_or_error & PNG_IMAGE_ERROR) return fail(&image, message);
  png_image_free(&image);
  return 0;
}

int ci_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                  uint8_t **png, size_t *png_count, CIMessage *message) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  switch (channels) {
    case 1: image.format = PNG_FORMAT_GRAY; break;
    case 3: image.format = PNG_FORMAT_RGB; break;
    case 4: image.format = PNG_FORMAT_RGBA; break;
    default: return ci_say(message, "a PNG has 1, 3 or 4 channels");
  }
  if (width == 0 || height == 0) return ci_say(message, "an image without pixels");
  png_alloc_size_t size = 0;
  if (!png_image_write_to_memory(&image, NULL, &size, 0, pixels, 0, NULL)) {
    return fail(&image, message);
  }
  uint8_t *made = malloc(size);
  if (made == NULL) return ci_say(message, "no memory for the PNG");
  if (!png_image_write_to_memory(&image, made, &size, 0, pixels, 0, NULL)) {
    free(made);
    return fail(&image, message);
  }
  *png = made;
  *png_count = size;
  return 0;
}
