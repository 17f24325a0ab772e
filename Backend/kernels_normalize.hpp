// Part of kernels_body.hpp: statistics of columns, and normalization by them.

// So many rows, of as many columns as a vector has lanes, stay in the first cache.
constexpr int64_t block_rows = 256;

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

/// Mean and variance block by block, put together as in Chan, Golub and LeVeque, "Updating formulae
/// and a pairwise algorithm for computing sample variances" (1979): the rows are read once.
template <bool is_whole>
LASAGNE_INLINE void statistics_of(const float *x, int64_t rows, int64_t columns, int64_t width,
                                  float epsilon, float *mean, float *inverse) {
  double means[lanes] = {}, squares[lanes] = {};
  for (int64_t begin = 0; begin < rows; begin += block_rows) {
    const int64_t end = begin + block_rows < rows ? begin + block_rows : rows;
    const auto fetch = [&](int64_t row) { return fetch_columns<is_whole>(x + row * columns, width); };
    const double count = static_cast<double>(end - begin);
    const Vector center = sum_rows(begin, end, fetch) * static_cast<float>(1 / count);
    const Vector distances = sum_rows(begin, end, [&](int64_t row) { return fetch(row) - center; });
    const Vector block = sum_rows(begin, end, [&](int64_t row) {
      const Vector distance = fetch(row) - center;
      return distance * distance;
    });
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

template <bool is_whole, bool rectifies>
LASAGNE_INLINE void normalize_back_columns(const float *x, const float *y, const float *dy,
                                           const Normalization &by, const NormalizationGradients &to,
                                           int64_t rows, int64_t columns, int64_t column,
                                           int64_t width, float slope) {
  const auto own = NormalizedColumns::of<is_whole>(by, column, width);
  const Vector slopes = splat(slope), middle = splat(0.5f + 0.5f * slope);
  double plain[lanes] = {}, weighted[lanes] = {};
  // Before the activation, as it is needed twice.
  const auto gradient_at = [&](int64_t place) {
    Vector gradient = fetch_columns<is_whole>(dy + place, width);
    if (rectifies) {
      gradient *= rectifier_slope(fetch_columns<is_whole>(y + place, width), slopes, middle);
    }
    return gradient;
  };
  const auto normal_at = [&](int64_t place) {
    return (fetch_columns<is_whole>(x + place, width) - own.mean) * own.inverse;
  };
  for (int64_t begin = 0; begin < rows; begin += block_rows) {
    const int64_t end = begin + block_rows < rows ? begin + block_rows : rows;
    Vector a = {}, b = {};
    for (int64_t row = begin; row < end; ++row) {
      const int64_t place = row * columns + column;
      const Vector gradient = gradient_at(place);
      a += gradient;
      b += gradient * normal_at(place);
      if (to.other) {
        Vector sum = gradient;
        if (to.adds_other) sum += fetch_columns<is_whole>(to.other + place, width);
        put_columns<is_whole>(to.other + place, sum, width);
      }
    }
    for (int64_t lane = 0; lane < lanes; ++lane) {
      plain[lane] += a[lane];
      weighted[lane] += b[lane];
    }
  }
  Vector mean_plain = {}, mean_weighted = {};
  for (int64_t lane = 0; lane < width; ++lane) {
    if (to.beta) to.beta[column + lane] += static_cast<float>(plain[lane]);
    if (to.gamma) to.gamma[column + lane] += static_cast<float>(weighted[lane]);
    mean_plain[lane] = static_cast<float>(plain[lane] / static_cast<double>(rows));
    mean_weighted[lane] = static_cast<float>(weighted[lane] / static_cast<double>(rows));
  }
  if (!to.x) return;
  const Vector factor = own.gamma * own.inverse;
  for (int64_t place = column; place < rows * columns; place += columns) {
    const Vector rest = gradient_at(place) - mean_plain - normal_at(place) * mean_weighted;
    put_columns<is_whole>(to.x + place, factor * rest, width);
  }
}

template <bool rectifies>
void normalize_back_as(const float *x, const float *y, const float *dy, const Normalization &by,
                       const NormalizationGradients &to, int64_t rows, int64_t columns,
                       float slope) {
  int64_t column = 0;
  for (; column + lanes <= columns; column += lanes) {
    normalize_back_columns<true, rectifies>(x, y, dy, by, to, rows, columns, column, lanes, slope);
  }
  if (column < columns) {
    normalize_back_columns<false, rectifies>(x, y, dy, by, to, rows, columns, column,
                                             columns - column, slope);
  }
}

void normalize_back(const float *x, const float *y, const float *dy, const Normalization &by,
                    const NormalizationGradients &to, int64_t rows, int64_t columns, Activation f) {
  if (f.code == CT_PLAN_RECTIFY) {
    normalize_back_as<true>(x, y, dy, by, to, rows, columns, f.first);
  } else {
    normalize_back_as<false>(x, y, dy, by, to, rows, columns, 0.0f);
  }
}
