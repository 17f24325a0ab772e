// Part of kernels_body.hpp: convolutions of images whose channels are last, as products of matrices
// that are never written out. The row of the left factor that belongs to a position is the input
// under the filter; for each row of the filter it lies in one piece.

/// Columns of a matrix in panels, the last one filled up to full vectors.
LASAGNE_INLINE int64_t padded(int64_t columns) { return (columns + lanes - 1) / lanes * lanes; }

int64_t packed_size(const ImageShape &shape) {
  const int64_t forward = shape.depth() * padded(shape.filters);
  const int64_t backward = shape.filters * padded(shape.depth());
  return forward > backward ? forward : backward;
}

LASAGNE_INLINE int64_t panel_step(int64_t columns, int64_t column) {
  return columns - column > lanes ? panel_width : lanes;
}

/// Where the number of a filter lies: `k` counts filter rows, filter columns, channels.
LASAGNE_INLINE int64_t filter_place(const ImageShape &shape, int64_t filter, int64_t k, bool flips) {
  const int64_t channel = k % shape.channels, place = k / shape.channels;
  const int64_t size = shape.filter_rows * shape.filter_columns;
  return (filter * shape.channels + channel) * size + (flips ? size - 1 - place : place);
}

void pack_filters(const float *filters, const ImageShape &shape, bool flips, float *forward,
                  float *backward) {
  const int64_t depth = shape.depth();
  for (int64_t tile = 0; tile < shape.filters; tile += panel_width) {
    const int64_t step = panel_step(shape.filters, tile);
    for (int64_t k = 0; k < depth; ++k, forward += step) {
      for (int64_t n = 0; n < step; ++n) {
        const bool is_there = tile + n < shape.filters;
        forward[n] = is_there ? filters[filter_place(shape, tile + n, k, flips)] : 0.0f;
      }
    }
  }
  if (!backward) return;
  for (int64_t tile = 0; tile < depth; tile += panel_width) {
    const int64_t step = panel_step(depth, tile);
    for (int64_t filter = 0; filter < shape.filters; ++filter, backward += step) {
      for (int64_t n = 0; n < step; ++n) {
        const bool is_there = tile + n < depth;
        backward[n] = is_there ? filters[filter_place(shape, filter, tile + n, flips)] : 0.0f;
      }
    }
  }
}

void unpack_filters(const float *gradient, const ImageShape &shape, bool flips, bool adds,
                    float *filters) {
  for (int64_t k = 0; k < shape.depth(); ++k) {
    for (int64_t filter = 0; filter < shape.filters; ++filter) {
      float &to = filters[filter_place(shape, filter, k, flips)];
      to = (adds ? to : 0.0f) + gradient[k * shape.filters + filter];
    }
  }
}

/// For each position, where the first row of the input under the filter begins.
inline void fill_pointers(const float *image, const ImageShape &shape, const float **pointers) {
  for (int64_t row = 0; row < shape.output_rows; ++row) {
    const float *line = image + row * shape.stride_rows * shape.columns * shape.channels;
    for (int64_t column = 0; column < shape.output_columns; ++column) {
      *pointers++ = line + column * shape.stride_columns * shape.channels;
    }
  }
}

inline const float **pointer_memory(int64_t count) {
  return reinterpret_cast<const float **>(workspace(Workspace::pointers, 2 * count));
}

void convolve(const float *images, const float *packed, float *out, int64_t count,
              const ImageShape &shape) {
  const int64_t positions = shape.positions(), segment = shape.segment();
  const int64_t row_step = shape.columns * shape.channels;
  const float **pointers = pointer_memory(positions);
  // As many filter rows at once as leave their panel in the first cache.
  const int64_t fitting = 10000 / (segment * panel_width);
  const int64_t at_once = fitting < 1 ? 1 : (fitting > shape.filter_rows ? shape.filter_rows : fitting);
  for (int64_t image = 0; image < count; ++image) {
    fill_pointers(images + image * shape.input_size(), shape, pointers);
    const float *panel = packed;
    for (int64_t tile = 0; tile < shape.filters; tile += panel_width) {
      const int64_t step = panel_step(shape.filters, tile);
      const int64_t width = shape.filters - tile < panel_width ? shape.filters - tile : panel_width;
      for (int64_t row = 0; row < shape.filter_rows; row += at_once) {
        const int64_t rest = shape.filter_rows - row;
        const Left left{pointers, row * row_step, rest < at_once ? rest : at_once, row_step};
        strip<Along::rows>(positions, left, segment, panel + row * segment * step, step,
                           out + tile, shape.filters, width, row > 0);
      }
      panel += shape.depth() * step;
    }
    out += positions * shape.filters;
  }
}

void convolve_back(const float *out_gradient, const float *packed, float *gradient, int64_t count,
                   const ImageShape &shape) {
  const int64_t positions = shape.positions(), depth = shape.depth(), segment = shape.segment();
  const int64_t row_step = shape.columns * shape.channels;
  const float **pointers = pointer_memory(positions);
  float *columns = workspace(Workspace::columns, positions * depth);
  for (int64_t image = 0; image < count; ++image) {
    for (int64_t i = 0; i < positions; ++i) pointers[i] = out_gradient + i * shape.filters;
    const float *panel = packed;
    for (int64_t tile = 0; tile < depth; tile += panel_width) {
      const int64_t step = panel_step(depth, tile);
      const int64_t width = depth - tile < panel_width ? depth - tile : panel_width;
      strip<Along::rows>(positions, Left{pointers, 0}, shape.filters, panel, step, columns + tile,
                         depth, width, false);
      panel += shape.filters * step;
    }
    const float *from = columns;
    for (int64_t row = 0; row < shape.output_rows; ++row) {
      for (int64_t column = 0; column < shape.output_columns; ++column) {
        float *corner = gradient + row * shape.stride_rows * row_step +
                        column * shape.stride_columns * shape.channels;
        for (int64_t filter_row = 0; filter_row < shape.filter_rows; ++filter_row) {
          float *__restrict to = corner + filter_row * row_step;
          for (int64_t i = 0; i < segment; ++i) to[i] += from[i];
          from += segment;
        }
      }
    }
    out_gradient += positions * shape.filters;
    gradient += shape.input_size();
  }
}

void convolve_filters(const float *images, const float *out_gradient, float *gradient,
                      int64_t count, const ImageShape &shape) {
  const int64_t positions = shape.positions(), segment = shape.segment();
  const int64_t row_step = shape.columns * shape.channels;
  const float **pointers = pointer_memory(positions);
  const bool is_panel = shape.filters % lanes == 0;
  float *memory = is_panel ? nullptr : workspace(Workspace::columns, positions * panel_width);
  for (int64_t image = 0; image < count; ++image) {
    fill_pointers(images + image * shape.input_size(), shape, pointers);
    for (int64_t tile = 0; tile < shape.filters; tile += panel_width) {
      const int64_t width = shape.filters - tile < panel_width ? shape.filters - tile : panel_width;
      const float *panel = out_gradient + tile;
      int64_t step = shape.filters;
      if (!is_panel) {
        fill_panel(panel, shape.filters, 1, positions, width, memory);
        panel = memory;
        step = panel_step(shape.filters, tile);
      }
      for (int64_t row = 0; row < shape.filter_rows; ++row) {
        strip<Along::points>(segment, Left{pointers, row * row_step}, positions, panel, step,
                             gradient + row * segment * shape.filters + tile, shape.filters, width,
                             image > 0);
      }
    }
    out_gradient += positions * shape.filters;
  }
}
