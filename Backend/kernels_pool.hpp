// Part of kernels_body.hpp: pooling of images whose channels are last.

typedef int32_t Whole __attribute__((vector_size(4 * LASAGNE_LANES)));
typedef uint8_t Bytes __attribute__((vector_size(LASAGNE_LANES)));

LASAGNE_INLINE void store_places(uint8_t *to, Whole places, int64_t count) {
  const Bytes bytes = __builtin_convertvector(places, Bytes);
  __builtin_memcpy(to, &bytes, static_cast<size_t>(count));
}

LASAGNE_INLINE Whole load_places(const uint8_t *from, int64_t count) {
  Bytes bytes = {};
  __builtin_memcpy(&bytes, from, static_cast<size_t>(count));
  return __builtin_convertvector(bytes, Whole);
}

/// One region, `count` channels of it. Where `rectifies`, what counts is the number after the
/// rectifier, as if that came first: of equal ones the first is chosen.
template <bool rectifies, bool is_whole>
LASAGNE_INLINE void pool_region(const float *x, const float *bias, float slope, float *y,
                                uint8_t *places, int64_t count, const PoolShape &shape) {
  const auto fetch = [&](const float *from) {
    return is_whole ? load(from) : load_part(from, count);
  };
  const Vector shift = bias ? fetch(bias) : Vector{};
  const Vector zero = {};
  Vector most = {}, chosen = {};
  Whole place = {};
  int32_t number = 0;
  for (int64_t row = 0; row < shape.size_rows; ++row) {
    for (int64_t column = 0; column < shape.size_columns; ++column, ++number) {
      const Vector value = fetch(x + (row * shape.columns + column) * shape.channels) + shift;
      const Vector counted = rectifies ? (value < zero ? value * slope : value) : value;
      const Whole is_more = number == 0 ? (counted == counted) | (counted != counted)
                                        : (counted > most) | (counted != counted);
      most = is_more ? counted : most;
      chosen = is_more ? value : chosen;
      place = is_more ? Whole{} + number : place;
    }
  }
  if (rectifies) {
    // As `activated` has it: a negative number leaves its sign behind.
    const Vector below = slope == 0 ? splat(0.0f) * splat(-1.0f) : chosen * slope;
    chosen = chosen < zero ? below : chosen + zero;
  }
  if (is_whole) {
    store(y, chosen);
  } else {
    store_part(y, chosen, count);
  }
  store_places(places, place, count);
}

template <bool rectifies>
void pool_greatest_as(const float *x, const float *bias, float slope, float *y, uint8_t *places,
                      int64_t count, const PoolShape &shape) {
  for (int64_t image = 0; image < count; ++image, x += shape.input_size()) {
    for (int64_t row = 0; row < shape.output_rows; ++row) {
      const float *line = x + row * shape.stride_rows * shape.columns * shape.channels;
      for (int64_t column = 0; column < shape.output_columns; ++column) {
        const float *corner = line + column * shape.stride_columns * shape.channels;
        int64_t channel = 0;
        for (; channel + lanes <= shape.channels; channel += lanes) {
          pool_region<rectifies, true>(corner + channel, bias ? bias + channel : nullptr, slope,
                                       y + channel, places + channel, lanes, shape);
        }
        if (channel < shape.channels) {
          pool_region<rectifies, false>(corner + channel, bias ? bias + channel : nullptr, slope,
                                        y + channel, places + channel, shape.channels - channel,
                                        shape);
        }
        y += shape.channels;
        places += shape.channels;
      }
    }
  }
}

void pool_greatest(const float *x, const float *bias, Activation f, float *y, uint8_t *places,
                   int64_t count, const PoolShape &shape) {
  if (f.code == CT_PLAN_RECTIFY) {
    pool_greatest_as<true>(x, bias, f.first, y, places, count, shape);
  } else {
    pool_greatest_as<false>(x, bias, 0, y, places, count, shape);
  }
}

template <bool rectifies, bool is_whole>
LASAGNE_INLINE void spread_region(const float *y, const float *dy, const uint8_t *places,
                                  float slope, float *dx, float *bias_gradient, int64_t count,
                                  const PoolShape &shape) {
  const auto fetch = [&](const float *from) {
    return is_whole ? load(from) : load_part(from, count);
  };
  const auto keep = [&](float *to, Vector value) {
    if (is_whole) {
      store(to, value);
    } else {
      store_part(to, value, count);
    }
  };
  Vector gradient = fetch(dy);
  if (rectifies) {
    const Vector value = fetch(y);
    Whole bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    const Vector below = bits < Whole{} ? splat(slope) : splat(0.5f + 0.5f * slope);
    gradient *= value > Vector{} ? splat(1.0f) : below;
  }
  if (bias_gradient) keep(bias_gradient, fetch(bias_gradient) + gradient);
  const Whole place = load_places(places, count);
  int32_t number = 0;
  for (int64_t row = 0; row < shape.size_rows; ++row) {
    for (int64_t column = 0; column < shape.size_columns; ++column, ++number) {
      float *to = dx + (row * shape.columns + column) * shape.channels;
      keep(to, fetch(to) + (place == Whole{} + number ? gradient : Vector{}));
    }
  }
}

template <bool rectifies>
void pool_greatest_back_as(const float *y, const float *dy, const uint8_t *places, float slope,
                           float *dx, float *bias_gradient, int64_t count,
                           const PoolShape &shape) {
  for (int64_t image = 0; image < count; ++image, dx += shape.input_size()) {
    for (int64_t row = 0; row < shape.output_rows; ++row) {
      float *line = dx + row * shape.stride_rows * shape.columns * shape.channels;
      for (int64_t column = 0; column < shape.output_columns; ++column) {
        float *corner = line + column * shape.stride_columns * shape.channels;
        int64_t channel = 0;
        for (; channel + lanes <= shape.channels; channel += lanes) {
          spread_region<rectifies, true>(y + channel, dy + channel, places + channel, slope,
                                         corner + channel,
                                         bias_gradient ? bias_gradient + channel : nullptr, lanes,
                                         shape);
        }
        if (channel < shape.channels) {
          spread_region<rectifies, false>(y + channel, dy + channel, places + channel, slope,
                                          corner + channel,
                                          bias_gradient ? bias_gradient + channel : nullptr,
                                          shape.channels - channel, shape);
        }
        y += shape.channels;
        dy += shape.channels;
        places += shape.channels;
      }
    }
  }
}

void pool_greatest_back(const float *y, const float *dy, const uint8_t *places, Activation f,
                        float *dx, float *bias_gradient, int64_t count, const PoolShape &shape) {
  if (f.code == CT_PLAN_RECTIFY) {
    pool_greatest_back_as<true>(y, dy, places, f.first, dx, bias_gradient, count, shape);
  } else {
    pool_greatest_back_as<false>(y, dy, places, 0, dx, bias_gradient, count, shape);
  }
}

/// Every region of the images, as its corner in the input and its place in the output.
template <class Body>
LASAGNE_INLINE void for_regions(int64_t count, const PoolShape &shape, Body body) {
  for (int64_t image = 0; image < count; ++image) {
    for (int64_t row = 0; row < shape.output_rows; ++row) {
      for (int64_t column = 0; column < shape.output_columns; ++column) {
        const int64_t top = row * shape.stride_rows, left = column * shape.stride_columns;
        body(image * shape.input_size() + (top * shape.columns + left) * shape.channels,
             image * shape.output_size() +
                 (row * shape.output_columns + column) * shape.channels);
      }
    }
  }
}

void pool_average(const float *x, float *y, int64_t count, const PoolShape &shape) {
  const float share = 1.0f / static_cast<float>(shape.size_rows * shape.size_columns);
  for_regions(count, shape, [&](int64_t corner, int64_t place) {
    float *__restrict to = y + place;
    __builtin_memset(to, 0, static_cast<size_t>(shape.channels) * sizeof(float));
    for (int64_t row = 0; row < shape.size_rows; ++row) {
      for (int64_t column = 0; column < shape.size_columns; ++column) {
        const float *from = x + corner + (row * shape.columns + column) * shape.channels;
        for (int64_t channel = 0; channel < shape.channels; ++channel) to[channel] += from[channel];
      }
    }
    for (int64_t channel = 0; channel < shape.channels; ++channel) to[channel] *= share;
  });
}

void pool_average_back(const float *dy, float *dx, int64_t count, const PoolShape &shape) {
  const float share = 1.0f / static_cast<float>(shape.size_rows * shape.size_columns);
  for_regions(count, shape, [&](int64_t corner, int64_t place) {
    const float *from = dy + place;
    for (int64_t row = 0; row < shape.size_rows; ++row) {
      for (int64_t column = 0; column < shape.size_columns; ++column) {
        float *__restrict to = dx + corner + (row * shape.columns + column) * shape.channels;
        for (int64_t channel = 0; channel < shape.channels; ++channel) {
          to[channel] += share * from[channel];
        }
      }
    }
  });
}
