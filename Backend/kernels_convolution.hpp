// Part of kernels_body.hpp: convolutions of images whose channels are last, as products of matrices
// that are never written out. The row of the left factor that belongs to a position is the input
// under the filter; for each row of the filter it lies in one piece.

/// Columns of a matrix in panels, the last one filled up to full vectors.
LASAGNE_INLINE int64_t padded(int64_t columns) { return (columns + lanes - 1) / lanes * lanes; }

int64_t packed_size(const ImageShape &shape) {
  const int64_t forward = shape.depth() * padded(shape.filters);
  const ImageShape turned = shape.turned();
  const int64_t backward = shape.turns() || shape.gathers() ? turned.depth() * padded(turned.filters)
                                         : shape.filters * padded(shape.depth());
  return forward > backward ? forward : backward;
}

LASAGNE_INLINE int64_t panel_step(int64_t columns, int64_t column) {
  return columns - column > lanes ? panel_width : lanes;
}

#include "kernels_sliding.hpp"

/// Brings filters into panels as `convolve` reads them: for each place under a filter, and each of its
/// channels, the numbers of all filters side by side.
inline void fill_filter_panels(const float *from, int64_t places, bool flips, int64_t channels,
                               int64_t channel_step, int64_t columns, int64_t column_step,
                               float *panels) {
  for (int64_t tile = 0; tile < columns; tile += panel_width) {
    const int64_t step = panel_step(columns, tile);
    const int64_t width = columns - tile < step ? columns - tile : step;
    for (int64_t place = 0; place < places; ++place) {
      const float *corner = from + tile * column_step + (flips ? places - 1 - place : place);
      for (int64_t channel = 0; channel < channels; ++channel, panels += step) {
        const float *numbers = corner + channel * channel_step;
        for (int64_t n = 0; n < width; ++n) panels[n] = numbers[n * column_step];
        for (int64_t n = width; n < step; ++n) panels[n] = 0.0f;
      }
    }
  }
}

void pack_filters(const float *filters, const ImageShape &shape, bool flips, float *forward,
                  float *backward) {
  const int64_t depth = shape.depth(), places = shape.filter_rows * shape.filter_columns;
  const int64_t filter_step = shape.channels * places;
  fill_filter_panels(filters, places, flips, shape.channels, places, shape.filters, filter_step,
                     forward);
  if (!backward) return;
  if (shape.turns() || shape.gathers()) {
    fill_filter_panels(filters, places, !flips, shape.filters, filter_step, shape.channels, places,
                       backward);
    return;
  }
  for (int64_t tile = 0; tile < depth; tile += panel_width) {
    const int64_t step = panel_step(depth, tile);
    for (int64_t filter = 0; filter < shape.filters; ++filter, backward += step) {
      for (int64_t n = 0; n < step; ++n) {
        const int64_t k = tile + n, place = k / shape.channels, channel = k % shape.channels;
        const int64_t number = channel * places + (flips ? places - 1 - place : place);
        backward[n] = k < depth ? filters[filter * filter_step + number] : 0.0f;
      }
    }
  }
}

void unpack_filters(const float *gradient, const ImageShape &shape, bool flips, bool adds,
                    float *filters) {
  const int64_t places = shape.filter_rows * shape.filter_columns;
  for (int64_t filter = 0; filter < shape.filters; ++filter) {
    for (int64_t channel = 0; channel < shape.channels; ++channel, filters += places) {
      for (int64_t place = 0; place < places; ++place) {
        const int64_t row = (flips ? places - 1 - place : place) * shape.channels + channel;
        const float number = gradient[row * shape.filters + filter];
        filters[place] = adds ? filters[place] + number : number;
      }
    }
  }
}

/// Memory for an image with its border, all zero.
inline float *border_memory(const ImageShape &shape) {
  float *memory = workspace(Workspace::border, shape.bordered_size());
  __builtin_memset(memory, 0, static_cast<size_t>(shape.bordered_size()) * sizeof(float));
  return memory;
}

/// Puts an image inside the border that `bordered` holds.
inline void put_in_border(const float *image, const ImageShape &shape, float *bordered) {
  const int64_t width = shape.inner_columns() * shape.channels;
  const int64_t step = shape.columns * shape.channels;
  bordered += shape.border_rows * step + shape.border_columns * shape.channels;
  for (int64_t row = 0; row < shape.inner_rows(); ++row, image += width, bordered += step) {
    __builtin_memcpy(bordered, image, static_cast<size_t>(width) * sizeof(float));
  }
}

/// Takes what is inside the border, or adds it.
inline void take_from_border(const float *bordered, const ImageShape &shape, float *image,
                             bool adds) {
  const int64_t width = shape.inner_columns() * shape.channels;
  const int64_t step = shape.columns * shape.channels;
  bordered += shape.border_rows * step + shape.border_columns * shape.channels;
  for (int64_t row = 0; row < shape.inner_rows(); ++row, image += width, bordered += step) {
    if (adds) {
      for (int64_t i = 0; i < width; ++i) image[i] += bordered[i];
    } else {
      __builtin_memcpy(image, bordered, static_cast<size_t>(width) * sizeof(float));
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
              const ImageShape &shape, bool adds) {
  const int64_t positions = shape.positions(), segment = shape.segment();
  const int64_t row_step = shape.columns * shape.channels;
  const float **pointers = pointer_memory(positions);
  float *bordered = shape.is_bordered() ? border_memory(shape) : nullptr;
  if (bordered) fill_pointers(bordered, shape, pointers);
  // As many filter rows at once as leave their panel in the first cache.
  const int64_t fitting = 10000 / (segment * panel_width);
  const int64_t at_once = fitting < 1 ? 1 : (fitting > shape.filter_rows ? shape.filter_rows : fitting);
  for (int64_t image = 0; image < count; ++image, images += shape.input_size()) {
    if (bordered) put_in_border(images, shape, bordered);
    if (slides(shape)) {
      slide_over(bordered ? bordered : images, packed, out, shape, adds);
      out += positions * shape.filters;
      continue;
    }
    if (!bordered) fill_pointers(images, shape, pointers);
    const float *panel = packed;
    for (int64_t tile = 0; tile < shape.filters; tile += panel_width) {
      const int64_t step = panel_step(shape.filters, tile);
      const int64_t width = shape.filters - tile < panel_width ? shape.filters - tile : panel_width;
      for (int64_t row = 0; row < shape.filter_rows; row += at_once) {
        const int64_t rest = shape.filter_rows - row;
        const Left left{pointers, row * row_step, rest < at_once ? rest : at_once, row_step};
        strip<Along::rows>(positions, left, segment, panel + row * segment * step, step,
                           out + tile, shape.filters, width, adds || row > 0);
      }
      panel += shape.depth() * step;
    }
    out += positions * shape.filters;
  }
}

/// A product for each image, whose rows are then added where they belong.
inline void scatter_back(const float *out_gradient, const float *packed, float *gradient,
                         int64_t count, const ImageShape &shape, bool adds) {
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
    float *sums = border_memory(shape);
    const float *from = columns;
    for (int64_t row = 0; row < shape.output_rows; ++row) {
      for (int64_t column = 0; column < shape.output_columns; ++column) {
        float *corner = sums + row * shape.stride_rows * row_step +
                        column * shape.stride_columns * shape.channels;
        for (int64_t filter_row = 0; filter_row < shape.filter_rows; ++filter_row) {
          float *__restrict to = corner + filter_row * row_step;
          for (int64_t i = 0; i < segment; ++i) to[i] += from[i];
          from += segment;
        }
      }
    }
    take_from_border(sums, shape, gradient, adds);
    out_gradient += positions * shape.filters;
    gradient += shape.input_size();
  }
}

/// Each position of the images takes its part of all filters that lie over it: a product whose rows
/// are the same position of several images, so that no row reads a border.
inline void gather_back(const float *out_gradient, const float *packed, float *gradient,
                        int64_t count, const ImageShape &shape, bool adds) {
  constexpr int64_t group = 16;
  const int64_t filters = shape.filters, channels = shape.channels;
  const int64_t out_size = shape.positions() * filters, out_step = shape.output_columns * filters;
  const float *pointers[group];
  // As many filter rows at once as leave their panel in the first cache.
  const int64_t fitting = 10000 / (shape.filter_columns * filters * panel_width);
  const int64_t at_once = fitting < 1 ? 1 : fitting;
  for (int64_t image = 0; image < count; image += group) {
    const int64_t images = count - image < group ? count - image : group;
    for (int64_t i = 0; i < images; ++i) pointers[i] = out_gradient + (image + i) * out_size;
    const float *panels = packed;
    for (int64_t tile = 0; tile < channels; tile += panel_width) {
      const int64_t step = panel_step(channels, tile);
      const int64_t width = channels - tile < panel_width ? channels - tile : panel_width;
      for (int64_t first = 0; first < shape.filter_rows; first += at_once) {
        for (int64_t row = 0; row < shape.inner_rows(); ++row) {
          // The first row of results that the filters' last row, here their first, has a part in.
          const int64_t top = row + shape.border_rows - (shape.filter_rows - 1);
          const int64_t lowest = top < 0 ? -top : 0;
          const int64_t highest = shape.output_rows - top < shape.filter_rows
                                      ? shape.output_rows - top : shape.filter_rows;
          const int64_t begin = first > lowest ? first : lowest;
          const int64_t end = first + at_once < highest ? first + at_once : highest;
          if (begin >= end) continue;
          for (int64_t column = 0; column < shape.inner_columns(); ++column) {
            const int64_t left = column + shape.border_columns - (shape.filter_columns - 1);
            const int64_t from = left < 0 ? -left : 0;
            const int64_t to = shape.output_columns - left < shape.filter_columns
                                   ? shape.output_columns - left : shape.filter_columns;
            const Left part{pointers, (top + begin) * out_step + (left + from) * filters,
                            end - begin, out_step,
                            (shape.filter_columns - (to - from)) * filters * step};
            strip<Along::rows>(images, part, (to - from) * filters,
                               panels + (begin * shape.filter_columns + from) * filters * step,
                               step,
                               gradient + image * shape.input_size() +
                                   (row * shape.inner_columns() + column) * channels + tile,
                               shape.input_size(), width, adds || begin > lowest);
          }
        }
      }
      panels += shape.filter_rows * shape.filter_columns * filters * step;
    }
  }
}

void convolve_back(const float *out_gradient, const float *packed, float *gradient, int64_t count,
                   const ImageShape &shape, bool adds) {
  if (shape.turns()) {
    convolve(out_gradient, packed, gradient, count, shape.turned(), adds);
  } else if (shape.gathers()) {
    gather_back(out_gradient, packed, gradient, count, shape, adds);
  } else {
    scatter_back(out_gradient, packed, gradient, count, shape, adds);
  }
}

void convolve_filters(const float *images, const float *out_gradient, float *gradient,
                      int64_t count, const ImageShape &shape, int64_t first, int64_t last,
                      bool adds) {
  const int64_t positions = shape.positions(), segment = shape.segment();
  const int64_t row_step = shape.columns * shape.channels;
  const float **pointers = pointer_memory(positions);
  float *bordered = shape.is_bordered() ? border_memory(shape) : nullptr;
  if (bordered) fill_pointers(bordered, shape, pointers);
  const bool is_panel = shape.filters % lanes == 0;
  float *memory = is_panel ? nullptr : workspace(Workspace::columns, positions * panel_width);
  for (int64_t image = 0; image < count; ++image, images += shape.input_size()) {
    if (bordered) put_in_border(images, shape, bordered);
    if (is_panel && slides(shape)) {
      slide_filter_rows(bordered ? bordered : images, out_gradient, gradient, shape, first, last,
                        adds || image > 0);
      out_gradient += positions * shape.filters;
      continue;
    }
    if (!bordered) fill_pointers(images, shape, pointers);
    for (int64_t tile = 0; tile < shape.filters; tile += panel_width) {
      const int64_t width = shape.filters - tile < panel_width ? shape.filters - tile : panel_width;
      const float *panel = out_gradient + tile;
      int64_t step = shape.filters;
      if (!is_panel) {
        step = panel_step(shape.filters, tile);
        fill_panel(panel, shape.filters, 1, positions, width, step, memory);
        panel = memory;
      }
      for (int64_t row = first; row < last; ++row) {
        strip<Along::points>(segment, Left{pointers, row * row_step}, positions, panel, step,
                             gradient + row * segment * shape.filters + tile, shape.filters, width,
                             adds || image > 0);
      }
    }
    out_gradient += positions * shape.filters;
  }
}
