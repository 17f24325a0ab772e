#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "codecs.h"

// A progressive file may repeat its scans for ever; no encoder writes nearly this many.
static const int most_scans = 500;

// libjpeg ends a failed call by calling error_exit, which may not return: it jumps back instead.
struct reader {
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf start;
  CIMessage *message;
};

static void stop(j_common_ptr common) {
  struct reader *reader = common->client_data;
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  ci_say(reader->message, text);
  longjmp(reader->start, 1);
}

static void note(j_common_ptr common, int level) {
  // Level -1 is a warning. Odd markers are harmless; missing pixels, which libjpeg would make up,
  // are not.
  int code = common->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) stop(common);
}

static void be_silent(j_common_ptr common) { (void)common; }

static void watch_scans(j_common_ptr common) {
  struct reader *reader = common->client_data;
  if (common->is_decompressor && ((j_decompress_ptr)common)->input_scan_number > most_scans) {
    ci_say(reader->message, "the JPEG has more than 500 scans");
    longjmp(reader->start, 1);
  }
}

static void begin(struct reader *reader, CIMessage *message) {
  memset(reader, 0, sizeof *reader);
  reader->message = message;
  reader->decoder.err = jpeg_std_error(&reader->errors);
  reader->decoder.client_data = reader;
  reader->errors.error_exit = stop;
  reader->errors.emit_message = note;
  reader->errors.output_message = be_silent;
  reader->progress.progress_monitor = watch_scans;
}

static void read_header(struct reader *reader, const uint8_t *bytes, size_t count) {
  jpeg_create_decompress(&reader->decoder);
  reader->decoder.client_data = reader;
  reader->decoder.progress = &reader->progress;
  // libjpeg's working memory; a few rows of coefficients for baseline files, all for progressive.
  reader->decoder.mem->max_memory_to_use = 1L << 30;
  jpeg_mem_src(&reader->decoder, (unsigned char *)bytes, (unsigned long)count);
  (void)jpeg_read_header(&reader->decoder, TRUE);
}

static int is_supported(struct reader *reader) {
  J_COLOR_SPACE space = reader->decoder.jpeg_color_space;
  if (space == JCS_GRAYSCALE || space == JCS_YCbCr || space == JCS_RGB) return 1;
  ci_say(reader->message, "the JPEG is neither grey nor RGB (CMYK is not read)");
  return 0;
}

int ci_jpeg_info(const uint8_t *bytes, size_t count, CIImageInfo *info, CIMessage *message) {
  struct reader reader;
  begin(&reader, message);
  if (setjmp(reader.start)) {
    jpeg_destroy_decompress(&reader.decoder);
    return 1;
  }
  read_header(&reader, bytes, count);
  int supported = is_supported(&reader);
  info->kind = CIImageJPEG;
  info->width = reader.decoder.image_width;
  info->height = reader.decoder.image_height;
  info->channels = reader.decoder.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
  jpeg_destroy_decompress(&reader.decoder);
  return supported ? 0 : 1;
}

int ci_jpeg_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels,
                   size_t pixel_bytes, CIMessage *message) {
  struct reader reader;
  begin(&reader, message);
  if (setjmp(reader.start)) {
    jpeg_destroy_decompress(&reader.decoder);
    return 1;
  }
  read_header(&reader, bytes, count);
  size_t row_bytes = (size_t)reader.decoder.image_width * (size_t)channels;
  if (!is_supported(&reader) || row_bytes * reader.decoder.image_height != pixel_bytes) {
    if (message->text[0] == 0) ci_say(message, "the image's size changed while it was read");
    jpeg_destroy_decompress(&reader.decoder);
    return 1;
  }
  reader.decoder.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  // The slow integer transform gives the same bytes on every machine.
  reader.decoder.dct_method = JDCT_ISLOW;
  (void)jpeg_start_decompress(&reader.decoder);
  while (reader.decoder.output_scanline < reader.decoder.output_height) {
    JSAMPROW row = pixels + (size_t)reader.decoder.output_scanline * row_bytes;
    (void)jpeg_read_scanlines(&reader.decoder, &row, 1);
  }
  (void)jpeg_finish_decompress(&reader.decoder);
  jpeg_destroy_decompress(&reader.decoder);
  return 0;
}
