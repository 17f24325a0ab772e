// Part of kernels_body.hpp: convolutions with filters three columns wide that move by one column. What
// is read of a position serves three neighbours. Where there is but one vector of filters, reading
// would be the limit otherwise, and not arithmetic.

constexpr int64_t slide = lanes == 16 ? 16 : 8;
constexpr int64_t slide_channels = 4;

/// Whether the loops below take a convolution from so many channels.
LASAGNE_INLINE bool slides(const ImageShape &shape) {
  return !shape.is_plain && shape.filter_columns == 3 && shape.filters <= lanes && shape.stride_columns == 1 && shape.output_columns >= 8 &&
         (shape.channels == 16 || shape.channels == 32 || shape.channels == 64 ||
          shape.channels == 128);
}

/// `COUNT` neighbouring positions of a row, and a vector of filters: sums over the rows of the filter
/// from `first` to before `last`. `image` is the corner under the filter at the first of them.
template <int COUNT, int CHANNELS>
LASAGNE_INLINE void slide_positions(const float *image, int64_t row_step, int64_t filter_rows,
                                    const float *panel, int64_t panel_step, float *out,
                                    int64_t out_step, int64_t width, bool adds) {
  Vector sums[COUNT];
  LASAGNE_UNROLLED
  for (int i = 0; i < COUNT; ++i) {
    const float *from = out + i * out_step;
    sums[i] = !adds ? Vector{} : (width >= lanes ? load(from) : load_part(from, width));
  }
  for (int64_t row = 0; row < filter_rows; ++row, image += row_step) {
    for (int channel = 0; channel < CHANNELS; ++channel, panel += panel_step) {
      const Vector left = load(panel), middle = load(panel + CHANNELS * panel_step),
                   right = load(panel + 2 * CHANNELS * panel_step);
      LASAGNE_UNROLLED
      for (int i = 0; i < COUNT + 2; ++i) {
        const Vector number = splat(image[i * CHANNELS + channel]);
        if (i < COUNT) sums[i] += number * left;
        if (i >= 1 && i <= COUNT) sums[i - 1] += number * middle;
        if (i >= 2) sums[i - 2] += number * right;
      }
    }
    panel += 2 * CHANNELS * panel_step;
  }
  LASAGNE_UNROLLED
  for (int i = 0; i < COUNT; ++i) {
    if (width >= lanes) {
      store(out + i * out_step, sums[i]);
    } else {
      store_part(out + i * out_step, sums[i], width);
    }
  }
}

/// One image, with its border.
template <int CHANNELS>
void slide_image(const float *image, const float *packed, float *out, const ImageShape &shape,
                 bool adds) {
  const int64_t row_step = shape.columns * CHANNELS, segment = 3 * CHANNELS;
  const float *panel = packed;
  for (int64_t tile = 0; tile < shape.filters; tile += panel_width) {
    const int64_t step = panel_step(shape.filters, tile);
    for (int64_t part = 0; part < step && tile + part < shape.filters; part += lanes) {
      const int64_t width = shape.filters - tile - part;
      // As many filter rows at once as leave their part of the panel in the first cache.
      const int64_t fitting = 6000 / (segment * step);
      const int64_t at_once = fitting < 1 ? 1 : fitting;
      for (int64_t first = 0; first < shape.filter_rows; first += at_once) {
        const int64_t rest = shape.filter_rows - first;
        const int64_t count = rest < at_once ? rest : at_once;
        const float *numbers = panel + part + first * segment * step;
        const bool adds_now = adds || first > 0;
        for (int64_t row = 0; row < shape.output_rows; ++row) {
          const float *from = image + (row * shape.stride_rows + first) * row_step;
          float *to = out + row * shape.output_columns * shape.filters + tile + part;
          int64_t column = 0;
          for (; column + slide <= shape.output_columns; column += slide) {
            slide_positions<slide, CHANNELS>(from + column * CHANNELS, row_step, count, numbers, step,
                                             to + column * shape.filters, shape.filters, width,
                                             adds_now);
          }
          for (; slide > 8 && column + 8 <= shape.output_columns; column += 8) {
            slide_positions<8, CHANNELS>(from + column * CHANNELS, row_step, count, numbers, step,
                                         to + column * shape.filters, shape.filters, width,
                                         adds_now);
          }
          for (; column < shape.output_columns; ++column) {
            slide_positions<1, CHANNELS>(from + column * CHANNELS, row_step, count, numbers, step,
                                         to + column * shape.filters, shape.filters, width,
                                         adds_now);
          }
        }
      }
    }
    panel += shape.depth() * step;
  }
}

inline void slide_over(const float *image, const float *packed, float *out, const ImageShape &shape,
                       bool adds) {
  switch (shape.channels) {
    case 16: slide_image<16>(image, packed, out, shape, adds); break;
    case 32: slide_image<32>(image, packed, out, shape, adds); break;
    case 64: slide_image<64>(image, packed, out, shape, adds); break;
    default: slide_image<128>(image, packed, out, shape, adds); break;
  }
}

/// Adds what a position of the input brings to the gradient of the filters, for those of the filter's
/// columns that have a result there.
template <bool HAS_LEFT, bool HAS_MIDDLE, bool HAS_RIGHT>
LASAGNE_INLINE void slide_point(const float *point, Vector left, Vector middle, Vector right,
                                Vector (&sums)[3][slide_channels]) {
  LASAGNE_UNROLLED
  for (int i = 0; i < slide_channels; ++i) {
    const Vector number = splat(point[i]);
    if (HAS_LEFT) sums[0][i] += number * left;
    if (HAS_MIDDLE) sums[1][i] += number * middle;
    if (HAS_RIGHT) sums[2][i] += number * right;
  }
}

/// One row of the filter, some channels and a vector of filters: adds the sums over an image. `image` is
/// the corner under that row of the filter at the first position.
LASAGNE_INLINE void slide_filters(const float *image, const float *out_gradient, float *gradient,
                                  const ImageShape &shape, bool adds) {
  const int64_t channels = shape.channels, filters = shape.filters;
  Vector sums[3][slide_channels];
  for (int column = 0; column < 3; ++column) {
    LASAGNE_UNROLLED
    for (int i = 0; i < slide_channels; ++i) {
      sums[column][i] = adds ? load(gradient + (column * channels + i) * filters) : Vector{};
    }
  }
  for (int64_t row = 0; row < shape.output_rows; ++row) {
    const float *point = image + row * shape.stride_rows * shape.columns * channels;
    const float *from = out_gradient + row * shape.output_columns * filters;
    Vector right = {}, middle = load(from), left = load(from + filters);
    slide_point<true, false, false>(point, middle, middle, middle, sums);
    point += channels;
    slide_point<true, true, false>(point, left, middle, middle, sums);
    point += channels;
    for (int64_t column = 2; column < shape.output_columns; ++column, point += channels) {
      right = middle;
      middle = left;
      left = load(from + column * filters);
      slide_point<true, true, true>(point, left, middle, right, sums);
    }
    slide_point<false, true, true>(point, left, left, middle, sums);
    slide_point<false, false, true>(point + channels, left, left, left, sums);
  }
  for (int column = 0; column < 3; ++column) {
    LASAGNE_UNROLLED
    for (int i = 0; i < slide_channels; ++i) {
      store(gradient + (column * channels + i) * filters, sums[column][i]);
    }
  }
}

/// The gradient of some rows of the filter, of one image with its border; the filters fill vectors.
inline void slide_filter_rows(const float *image, const float *out_gradient, float *gradient,
                              const ImageShape &shape, int64_t first, int64_t last, bool adds) {
  for (int64_t row = first; row < last; ++row) {
    for (int64_t channel = 0; channel < shape.channels; channel += slide_channels) {
      for (int64_t filter = 0; filter < shape.filters; filter += lanes) {
        slide_filters(image + row * shape.columns * shape.channels + channel, out_gradient + filter,
                      gradient + (row * shape.segment() + channel) * shape.filters + filter, shape,
                      adds);
      }
    }
  }
}
