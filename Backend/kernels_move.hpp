// Part of kernels_body.hpp: gathering, adding, turning.

template <class Number>
void gather(const Number *data, const int64_t *indices, int64_t rows, int64_t width, float scale,
            float *__restrict out) {
  for (int64_t row = 0; row < rows; ++row, out += width) {
    const Number *from = data + (indices ? indices[row] : row) * width;
    // Chosen rows lie anywhere; those after this one are on their way meanwhile.
    if (indices && row + 4 < rows) {
      const Number *later = data + indices[row + 4] * width;
      const int64_t line = 64 / static_cast<int64_t>(sizeof(Number));
      for (int64_t i = 0; i < width && i < 64 * line; i += line) __builtin_prefetch(later + i, 0, 2);
    }
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
