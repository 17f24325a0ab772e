// Part of kernels_body.hpp: statistics of columns, and normalization by them.

template <bool is_whole>
LASAGNE_INLINE Vector fetch_columns(const float *from, int64_t width) {
  return is_whole ? load(from) : load_part(from, width);
}

template <bool is_whole>
LASAGNE_INLINE void put_columns(float *to, Vector value, int64_t width) {
  if (is_whole) {
    store(to, value);
  } else {
    store_part(to, value, width);
  }
}

/// The sum of term(row) over some rows, in four sums that do not wait for each other.
template <class Term>
LASAGNE_INLINE Vector sum_rows(int64_t begin, int64_t end, Term term) {
  Vector sums[4] = {};
  int64_t row = begin;
  for (; row + 4 <= end; row += 4) {
    for (int64_t part = 0; part < 4; ++part) sums[part] += term(row + part);
  }
  for (; row < end; ++row) sums[0] += term(row);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

template <bool is_whole>
LASAGNE_INLINE void block_statistics_of(const float *x, int64_t rows, int64_t columns, int64_t width,
                                        float *sums) {
  const auto fetch = [&](int64_t row) { return fetch_columns<is_whole>(x + row * columns, width); };
  const Vector center = sum_rows(0, rows, fetch) * static_cast<float>(1 / static_cast<double>(rows));
  put_columns<is_whole>(sums, center, width);
  put_columns<is_whole>(
      sums + columns, sum_rows(0, rows, [&](int64_t row) { return fetch(row) - center; }), width);
  const Vector squares = sum_rows(0, rows, [&](int64_t row) {
    const Vector distance = fetch(row) - center;
    return distance * distance;
  });
  put_columns<is_whole>(sums + 2 * columns, squares, width);
}

void block_statistics(const float *x, int64_t rows, int64_t columns, float *sums) {
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    block_statistics_of<true>(x + column, rows, columns, lanes, sums + column);
  }
  if (column < columns) {
    block_statistics_of<false>(x + column, rows, columns, columns - column, sums + column);
  }
}

/// Mean and variance from those of blocks, put together as in Chan, Golub and LeVeque, "Updating formulae
/// and a pairwise algorithm for computing sample variances" (1979): the rows are read once.
template <bool is_whole>
LASAGNE_INLINE void statistics_of(const float *sums, int64_t rows, int64_t columns, int64_t width,
                                  float epsilon, float *mean, float *inverse) {
  double means[lanes] = {}, squares[lanes] = {};
  for (int64_t begin = 0; begin < rows; begin += rows_of_block, sums += 3 * columns) {
    const int64_t end = begin + rows_of_block < rows ? begin + rows_of_block : rows;
    const double count = static_cast<double>(end - begin);
    const Vector center = fetch_columns<is_whole>(sums, width);
    const Vector distances = fetch_columns<is_whole>(sums + columns, width);
    const Vector block = fetch_columns<is_whole>(sums + 2 * columns, width);
    const double before = static_cast<double>(begin), total = static_cast<double>(end);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      // The center is rounded; the rest of the way to the mean is small.
      const double rest = distances[lane] / count;
      const double distance = center[lane] + rest - means[lane];
      means[lane] += distance * (count / total);
      squares[lane] +=
          block[lane] - rest * rest * count + distance * distance * (before * count / total);
    }
  }
  for (int64_t lane = 0; lane < width; ++lane) {
    mean[lane] = static_cast<float>(means[lane]);
    const double variance = squares[lane] / static_cast<double>(rows);
    inverse[lane] = static_cast<float>(1.0 / __builtin_sqrt(variance + static_cast<double>(epsilon)));
  }
}

void column_statistics(const float *sums, int64_t rows, int64_t columns, float epsilon, float *mean,
                       float *inverse) {
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    statistics_of<true>(sums + column, rows, columns, lanes, epsilon, mean + column, inverse + column);
  }
  if (column < columns) {
    statistics_of<false>(sums + column, rows, columns, columns - column, epsilon, mean + column,
                         inverse + column);
  }
}

/// What `activated` makes of a rectifier's argument.
template <bool is_leaky>
LASAGNE_INLINE Vector rectified(Vector x, Vector slope) {
  return x < 0 ? (is_leaky ? slope * x : -splat(0.0f)) : x + 0.0f;
}

/// A rectifier's derivative by its result, as `slope` has it.
LASAGNE_INLINE Vector rectifier_slope(Vector y, Vector slope, Vector middle) {
  LaneBits bits;
  __builtin_memcpy(&bits, &y, sizeof bits);
  return y > 0 ? splat(1.0f) : (bits < 0 ? slope : middle);
}

/// Some columns of a normalization.
struct NormalizedColumns {
  Vector mean, inverse, gamma, beta;

  template <bool is_whole>
  LASAGNE_INLINE static NormalizedColumns of(const Normalization &by, int64_t column, int64_t width) {
    return {fetch_columns<is_whole>(by.mean + column, width),
            fetch_columns<is_whole>(by.inverse + column, width),
            by.gamma ? fetch_columns<is_whole>(by.gamma + column, width) : splat(1.0f),
            by.beta ? fetch_columns<is_whole>(by.beta + column, width) : splat(0.0f)};
  }
};

enum class Rectifier { none, plain, leaky };

template <bool is_whole, Rectifier rectifier, bool has_other>
LASAGNE_INLINE void normalize_columns(const float *x, const Normalization &by, const float *other,
                                      float *y, int64_t rows, int64_t columns, int64_t column,
                                      int64_t width, float slope) {
  const auto own = NormalizedColumns::of<is_whole>(by, column, width);
  const Vector factor = own.gamma * own.inverse, slopes = splat(slope);
  for (int64_t place = column; place < rows * columns; place += columns) {
    Vector value = (fetch_columns<is_whole>(x + place, width) - own.mean) * factor + own.beta;
    if (has_other) value += fetch_columns<is_whole>(other + place, width);
    if (rectifier != Rectifier::none) {
      value = rectified<rectifier == Rectifier::leaky>(value, slopes);
    }
    put_columns<is_whole>(y + place, value, width);
  }
}

template <Rectifier rectifier, bool has_other>
void normalize_as(const float *x, const Normalization &by, const float *other, float *y,
                  int64_t rows, int64_t columns, float slope) {
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    normalize_columns<true, rectifier, has_other>(x, by, other, y, rows, columns, column, lanes,
                                                  slope);
  }
  if (column < columns) {
    normalize_columns<false, rectifier, has_other>(x, by, other, y, rows, columns, column,
                                                   columns - column, slope);
  }
}

void normalize(const float *x, const Normalization &by, const float *other, float *y, int64_t rows,
               int64_t columns, Activation f) {
  auto run = other ? normalize_as<Rectifier::none, true> : normalize_as<Rectifier::none, false>;
  if (f.code == CT_PLAN_RECTIFY && f.first == 0) {
    run = other ? normalize_as<Rectifier::plain, true> : normalize_as<Rectifier::plain, false>;
  } else if (f.code == CT_PLAN_RECTIFY) {
    run = other ? normalize_as<Rectifier::leaky, true> : normalize_as<Rectifier::leaky, false>;
  }
  run(x, by, other, y, rows, columns, f.first);
}

/// A gradient by the argument of the activation, and that argument without gamma and beta.
template <bool is_whole, bool rectifies>
struct NormalizedPlace {
  Vector gradient, normal;

  LASAGNE_INLINE NormalizedPlace(const float *x, const float *y, const float *dy, int64_t place,
                                 int64_t width, const NormalizedColumns &by, Vector slope,
                                 Vector middle)
      : gradient(fetch_columns<is_whole>(dy + place, width)),
        normal((fetch_columns<is_whole>(x + place, width) - by.mean) * by.inverse) {
    if (rectifies) {
      gradient *= rectifier_slope(fetch_columns<is_whole>(y + place, width), slope, middle);
    }
  }
};

template <bool is_whole, bool rectifies>
LASAGNE_INLINE void normalize_back_sums_of(const float *x, const float *y, const float *dy,
                                           const Normalization &by, float *other, bool adds_other,
                                           int64_t rows, int64_t columns, int64_t column,
                                           int64_t width, float slope, float *sums) {
  const auto own = NormalizedColumns::of<is_whole>(by, column, width);
  const Vector slopes = splat(slope), middle = splat(0.5f + 0.5f * slope);
  Vector plain = {}, weighted = {};
  for (int64_t place = column; place < rows * columns; place += columns) {
    const NormalizedPlace<is_whole, rectifies> at(x, y, dy, place, width, own, slopes, middle);
    plain += at.gradient;
    weighted += at.gradient * at.normal;
    if (other) {
      Vector sum = at.gradient;
      if (adds_other) sum += fetch_columns<is_whole>(other + place, width);
      put_columns<is_whole>(other + place, sum, width);
    }
  }
  put_columns<is_whole>(sums + column, plain, width);
  put_columns<is_whole>(sums + columns + column, weighted, width);
}

template <bool rectifies>
void normalize_back_sums_as(const float *x, const float *y, const float *dy, const Normalization &by,
                            float *other, bool adds_other, int64_t rows, int64_t columns,
                            float slope, float *sums) {
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    normalize_back_sums_of<true, rectifies>(x, y, dy, by, other, adds_other, rows, columns, column,
                                            lanes, slope, sums);
  }
  if (column < columns) {
    normalize_back_sums_of<false, rectifies>(x, y, dy, by, other, adds_other, rows, columns, column,
                                             columns - column, slope, sums);
  }
}

void normalize_back_sums(const float *x, const float *y, const float *dy, const Normalization &by,
                         float *other, bool adds_other, int64_t rows, int64_t columns, Activation f,
                         float *sums) {
  if (f.code == CT_PLAN_RECTIFY) {
    normalize_back_sums_as<true>(x, y, dy, by, other, adds_other, rows, columns, f.first, sums);
  } else {
    normalize_back_sums_as<false>(x, y, dy, by, other, adds_other, rows, columns, 0.0f, sums);
  }
}

void normalize_back_means(float *sums, int64_t rows, int64_t columns, float *gamma_gradient,
                          float *beta_gradient) {
  for (int64_t column = 0; column < columns; column += lanes) {
    const int64_t width = columns - column < lanes ? columns - column : lanes;
    double plain[lanes] = {}, weighted[lanes] = {};
    const float *block = sums + column;
    for (int64_t begin = 0; begin < rows; begin += rows_of_block, block += 2 * columns) {
      // A loop of a fixed length is made of vectors.
      if (width == lanes) {
        for (int64_t lane = 0; lane < lanes; ++lane) {
          plain[lane] += block[lane];
          weighted[lane] += block[columns + lane];
        }
      } else {
        for (int64_t lane = 0; lane < width; ++lane) {
          plain[lane] += block[lane];
          weighted[lane] += block[columns + lane];
        }
      }
    }
    for (int64_t lane = 0; lane < width; ++lane) {
      if (beta_gradient) beta_gradient[column + lane] += static_cast<float>(plain[lane]);
      if (gamma_gradient) gamma_gradient[column + lane] += static_cast<float>(weighted[lane]);
      sums[column + lane] = static_cast<float>(plain[lane] / static_cast<double>(rows));
      sums[columns + column + lane] = static_cast<float>(weighted[lane] / static_cast<double>(rows));
    }
  }
}

template <bool is_whole, bool rectifies>
LASAGNE_INLINE void normalize_back_columns(const float *x, const float *y, const float *dy,
                                           const Normalization &by, const float *means, float *dx,
                                           int64_t rows, int64_t columns, int64_t column,
                                           int64_t width, float slope) {
  const auto own = NormalizedColumns::of<is_whole>(by, column, width);
  const Vector slopes = splat(slope), middle = splat(0.5f + 0.5f * slope);
  const Vector mean_plain = fetch_columns<is_whole>(means + column, width);
  const Vector mean_weighted = fetch_columns<is_whole>(means + columns + column, width);
  const Vector factor = own.gamma * own.inverse;
  for (int64_t place = column; place < rows * columns; place += columns) {
    const NormalizedPlace<is_whole, rectifies> at(x, y, dy, place, width, own, slopes, middle);
    const Vector rest = at.gradient - mean_plain - at.normal * mean_weighted;
    put_columns<is_whole>(dx + place, factor * rest, width);
  }
}

template <bool rectifies>
void normalize_back_as(const float *x, const float *y, const float *dy, const Normalization &by,
                       const float *means, float *dx, int64_t rows, int64_t columns, float slope) {
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    normalize_back_columns<true, rectifies>(x, y, dy, by, means, dx, rows, columns, column, lanes,
                                            slope);
  }
  if (column < columns) {
    normalize_back_columns<false, rectifies>(x, y, dy, by, means, dx, rows, columns, column,
                                             columns - column, slope);
  }
}

void normalize_back(const float *x, const float *y, const float *dy, const Normalization &by,
                    const float *means, float *dx, int64_t rows, int64_t columns, Activation f) {
  if (f.code == CT_PLAN_RECTIFY) {
    normalize_back_as<true>(x, y, dy, by, means, dx, rows, columns, f.first);
  } else {
    normalize_back_as<false>(x, y, dy, by, means, dx, rows, columns, 0.0f);
  }
}
