// Part of kernels_body.hpp: statistics of columns, and normalization by them.

/// Sums over the rows of `width` (up to `lanes`) columns, of two terms at once; floats for a while,
/// then doubles.
template <class Terms>
LASAGNE_INLINE void sum_columns(int64_t rows, double *first, double *second, int64_t width,
                                Terms terms) {
  for (int64_t lane = 0; lane < width; ++lane) first[lane] = second[lane] = 0;
  for (int64_t begin = 0; begin < rows; begin += 256) {
    const int64_t end = begin + 256 < rows ? begin + 256 : rows;
    Vector a = {}, b = {};
    for (int64_t row = begin; row < end; ++row) terms(row, a, b);
    for (int64_t lane = 0; lane < width; ++lane) {
      first[lane] += a[lane];
      second[lane] += b[lane];
    }
  }
}

template <bool is_whole>
LASAGNE_INLINE Vector fetch_columns(const float *from, int64_t width) {
  return is_whole ? load(from) : load_part(from, width);
}

template <bool is_whole>
LASAGNE_INLINE void statistics_of(const float *x, int64_t rows, int64_t columns, int64_t width,
                                  float epsilon, float *mean, float *inverse) {
  double sums[lanes], rest[lanes];
  sum_columns(rows, sums, rest, width, [&](int64_t row, Vector &a, Vector &) {
    a += fetch_columns<is_whole>(x + row * columns, width);
  });
  const double count = static_cast<double>(rows);
  Vector center = {};
  for (int64_t lane = 0; lane < width; ++lane) {
    mean[lane] = static_cast<float>(sums[lane] / count);
    center[lane] = mean[lane];
  }
  sum_columns(rows, sums, rest, width, [&](int64_t row, Vector &a, Vector &) {
    const Vector distance = fetch_columns<is_whole>(x + row * columns, width) - center;
    a += distance * distance;
  });
  for (int64_t lane = 0; lane < width; ++lane) {
    const double variance = sums[lane] / count;
    inverse[lane] = static_cast<float>(1.0 / __builtin_sqrt(variance + static_cast<double>(epsilon)));
  }
}

void column_statistics(const float *x, int64_t rows, int64_t columns, float epsilon, float *mean,
                       float *inverse) {
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    statistics_of<true>(x + column, rows, columns, lanes, epsilon, mean + column, inverse + column);
  }
  if (column < columns) {
    statistics_of<false>(x + column, rows, columns, columns - column, epsilon, mean + column,
                         inverse + column);
  }
}

void normalize(const float *x, const float *mean, const float *inverse, const float *gamma,
               const float *beta, float *__restrict y, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row, x += columns, y += columns) {
    for (int64_t i = 0; i < columns; ++i) {
      const float factor = gamma ? gamma[i] * inverse[i] : inverse[i];
      y[i] = (x[i] - mean[i]) * factor + (beta ? beta[i] : 0.0f);
    }
  }
}

template <bool is_whole>
LASAGNE_INLINE void normalize_back_of(const float *x, const float *dy, const float *mean,
                                      const float *inverse, const float *gamma, float *dx,
                                      float *gamma_gradient, float *beta_gradient, int64_t rows,
                                      int64_t columns, int64_t width) {
  const Vector center = fetch_columns<is_whole>(mean, width);
  const Vector share = fetch_columns<is_whole>(inverse, width);
  double plain[lanes], weighted[lanes];
  sum_columns(rows, plain, weighted, width, [&](int64_t row, Vector &a, Vector &b) {
    const Vector gradient = fetch_columns<is_whole>(dy + row * columns, width);
    a += gradient;
    b += gradient * ((fetch_columns<is_whole>(x + row * columns, width) - center) * share);
  });
  Vector mean_plain = {}, mean_weighted = {};
  for (int64_t lane = 0; lane < width; ++lane) {
    if (beta_gradient) beta_gradient[lane] += static_cast<float>(plain[lane]);
    if (gamma_gradient) gamma_gradient[lane] += static_cast<float>(weighted[lane]);
    mean_plain[lane] = static_cast<float>(plain[lane] / static_cast<double>(rows));
    mean_weighted[lane] = static_cast<float>(weighted[lane] / static_cast<double>(rows));
  }
  if (!dx) return;
  const Vector factor = gamma ? fetch_columns<is_whole>(gamma, width) * share : share;
  for (int64_t row = 0; row < rows; ++row) {
    const Vector gradient = fetch_columns<is_whole>(dy + row * columns, width);
    const Vector normal = (fetch_columns<is_whole>(x + row * columns, width) - center) * share;
    const Vector result = factor * (gradient - mean_plain - normal * mean_weighted);
    if (is_whole) {
      store(dx + row * columns, result);
    } else {
      store_part(dx + row * columns, result, width);
    }
  }
}

void normalize_back(const float *x, const float *dy, const float *mean, const float *inverse,
                    const float *gamma, float *dx, float *gamma_gradient, float *beta_gradient,
                    int64_t rows, int64_t columns) {
  const auto at = [](auto *pointer, int64_t column) { return pointer ? pointer + column : nullptr; };
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    normalize_back_of<true>(x + column, dy + column, mean + column, inverse + column,
                            at(gamma, column), at(dx, column), at(gamma_gradient, column),
                            at(beta_gradient, column), rows, columns, lanes);
  }
  if (column < columns) {
    normalize_back_of<false>(x + column, dy + column, mean + column, inverse + column,
                             at(gamma, column), at(dx, column), at(gamma_gradient, column),
                             at(beta_gradient, column), rows, columns, columns - column);
  }
}
