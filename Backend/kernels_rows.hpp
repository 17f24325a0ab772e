// Part of kernels_body.hpp: normalization of each row by itself, and rows that numbers choose.

void normalize_rows(const float *x, const float *gamma, const float *beta, float *y,
                    float *statistics, int64_t rows, int64_t columns, float epsilon, bool centers) {
  const float share = 1.0f / static_cast<float>(columns);
  for (int64_t row = 0; row < rows; ++row, x += columns, y += columns, statistics += 2) {
    const float mean =
        centers ? share * row_sum(
                              columns, [&](int64_t i) { return load(x + i); },
                              [&](int64_t i) { return x[i]; })
                : 0.0f;
    const Vector center = splat(mean);
    const float variance = share * row_sum(
        columns,
        [&](int64_t i) {
          const Vector distance = load(x + i) - center;
          return distance * distance;
        },
        [&](int64_t i) { return (x[i] - mean) * (x[i] - mean); });
    const float inverse = 1.0f / __builtin_sqrtf(variance + epsilon);
    statistics[0] = mean;
    statistics[1] = inverse;
    if (gamma && beta) {
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < columns; ++i) y[i] = (x[i] - mean) * inverse * gamma[i] + beta[i];
    } else {
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < columns; ++i) {
        y[i] = (x[i] - mean) * inverse * (gamma ? gamma[i] : 1.0f) + (beta ? beta[i] : 0.0f);
      }
    }
  }
}

void normalize_rows_back(const float *x, const float *dy, const float *statistics,
                         const float *gamma, float *dx, float *gamma_gradient,
                         float *beta_gradient, int64_t rows, int64_t columns, bool centers,
                         bool adds) {
  const float share = 1.0f / static_cast<float>(columns);
  const auto scale = [&](int64_t i) { return gamma ? load(gamma + i) : splat(1.0f); };
  const auto scale_of_one = [&](int64_t i) { return gamma ? gamma[i] : 1.0f; };
  for (int64_t row = 0; row < rows; ++row, x += columns, dy += columns, statistics += 2) {
    const float mean = statistics[0], inverse = statistics[1];
    if (gamma_gradient) {
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < columns; ++i) gamma_gradient[i] += dy[i] * ((x[i] - mean) * inverse);
    }
    if (beta_gradient) {
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < columns; ++i) beta_gradient[i] += dy[i];
    }
    if (!dx) continue;
    const Vector center = splat(mean);
    const float along = share * inverse * row_sum(
        columns, [&](int64_t i) { return load(dy + i) * scale(i) * (load(x + i) - center); },
        [&](int64_t i) { return dy[i] * scale_of_one(i) * (x[i] - mean); });
    const float plain =
        centers ? share * row_sum(
                              columns, [&](int64_t i) { return load(dy + i) * scale(i); },
                              [&](int64_t i) { return dy[i] * scale_of_one(i); })
                : 0.0f;
    const auto slope = [&](int64_t i) {
      const float normal = (x[i] - mean) * inverse;
      return inverse * (dy[i] * scale_of_one(i) - plain - normal * along);
    };
    if (adds) {
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < columns; ++i) dx[i] += slope(i);
    } else {
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < columns; ++i) dx[i] = slope(i);
    }
    dx += columns;
  }
}

void take_rows(const float *table, const float *numbers, float *out, int64_t count, int64_t width) {
  for (int64_t i = 0; i < count; ++i, out += width) {
    const float *from = table + static_cast<int64_t>(numbers[i]) * width;
    __builtin_memcpy(out, from, static_cast<size_t>(width) * sizeof(float));
  }
}

void add_to_rows(const float *gradient, const float *numbers, float *table, int64_t count,
                 int64_t width, int64_t first, int64_t columns) {
  for (int64_t i = 0; i < count; ++i, gradient += width) {
    float *__restrict to = table + static_cast<int64_t>(numbers[i]) * width + first;
    for (int64_t n = 0; n < columns; ++n) to[n] += gradient[first + n];
  }
}
