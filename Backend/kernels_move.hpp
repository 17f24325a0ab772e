// Part of kernels_body.hpp: gathering, adding, turning, borders.

template <class Number>
void gather(const Number *data, const int64_t *indices, int64_t rows, int64_t width, float scale,
            float *__restrict out) {
  for (int64_t row = 0; row < rows; ++row, out += width) {
    const Number *from = data + (indices ? indices[row] : row) * width;
    for (int64_t i = 0; i < width; ++i) out[i] = static_cast<float>(from[i]) * scale;
  }
}

void add_scaled(const float *a, float scale, float *out, int64_t count, bool adds) {
  if (adds) {
    for (int64_t i = 0; i < count; ++i) out[i] += scale * a[i];
  } else {
    for (int64_t i = 0; i < count; ++i) out[i] = scale * a[i];
  }
}

void multiply_each(const float *a, const float *b, float scale, float *out, int64_t count,
                   bool adds) {
  if (adds) {
    for (int64_t i = 0; i < count; ++i) out[i] += a[i] * (b[i] * scale);
  } else {
    for (int64_t i = 0; i < count; ++i) out[i] = a[i] * (b[i] * scale);
  }
}

void put_in_border(const float *images, float *bordered, int64_t count, int64_t rows,
                   int64_t columns, int64_t channels, int64_t border_rows, int64_t border_columns) {
  const int64_t width = columns * channels, side = border_columns * channels;
  for (int64_t image = 0; image < count; ++image) {
    for (int64_t row = -border_rows; row < rows + border_rows; ++row) {
      const bool is_outside = row < 0 || row >= rows;
      if (is_outside) {
        __builtin_memset(bordered, 0, static_cast<size_t>(width + 2 * side) * sizeof(float));
      } else {
        __builtin_memset(bordered, 0, static_cast<size_t>(side) * sizeof(float));
        __builtin_memcpy(bordered + side, images, static_cast<size_t>(width) * sizeof(float));
        __builtin_memset(bordered + side + width, 0, static_cast<size_t>(side) * sizeof(float));
        images += width;
      }
      bordered += width + 2 * side;
    }
  }
}

void take_from_border(const float *bordered, float *images, int64_t count, int64_t rows,
                      int64_t columns, int64_t channels, int64_t border_rows,
                      int64_t border_columns) {
  const int64_t width = columns * channels, side = border_columns * channels;
  for (int64_t image = 0; image < count; ++image) {
    bordered += border_rows * (width + 2 * side);
    for (int64_t row = 0; row < rows; ++row, images += width, bordered += width + 2 * side) {
      __builtin_memcpy(images, bordered + side, static_cast<size_t>(width) * sizeof(float));
    }
    bordered += border_rows * (width + 2 * side);
  }
}

void transpose(const float *in, float *__restrict out, int64_t count, int64_t rows,
               int64_t columns, bool adds) {
  for (int64_t matrix = 0; matrix < count; ++matrix, in += rows * columns, out += rows * columns) {
    // In squares that fit the first cache.
    for (int64_t top = 0; top < rows; top += 16) {
      const int64_t bottom = top + 16 < rows ? top + 16 : rows;
      for (int64_t column = 0; column < columns; ++column) {
        float *to = out + column * rows;
        if (adds) {
          for (int64_t row = top; row < bottom; ++row) to[row] += in[row * columns + column];
        } else {
          for (int64_t row = top; row < bottom; ++row) to[row] = in[row * columns + column];
        }
      }
    }
  }
}
