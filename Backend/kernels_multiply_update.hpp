// Part of kernels_body.hpp: the gradient of a large weight and its update in one.
//
// The gradient is made tile by tile, as in kernels_multiply.hpp, and never as a whole. While the sums of
// one tile are added up in registers, the parameter's numbers that belong to the tile before are changed:
// their divisions and roots, and the way of the numbers from and to memory, cost next to nothing then.

/// Columns of the left factor, as many as a tile has rows side by side for each number of the depth; what
/// is missing to the last becomes 0. `packed` has room for `depth` times 15 columns more.
void pack_points(const float *a, int64_t depth, int64_t columns, float *packed) {
  // Two groups at a time: a line of the cache that is read is used before it leaves.
  for (int64_t first = 0; first < columns; first += 2 * tile_rows) {
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t group = first; group < first + 2 * tile_rows && group < columns; group += tile_rows) {
        const float *from = a + k * columns + group;
        float *to = packed + group * depth + k * tile_rows;
        const int64_t rest = columns - group;
        if (rest >= tile_rows) {
          __builtin_memcpy(to, from, tile_rows * sizeof(float));
        } else {
          for (int64_t i = 0; i < tile_rows; ++i) to[i] = i < rest ? from[i] : 0;
        }
      }
    }
  }
}

/// A tile whose sums are there, and the numbers of the parameter that they change.
struct DueTile {
  Updated numbers;
  const float *sums;
};

/// The sums of a tile over a part of the depth; meanwhile the rows of another one are changed, and those
/// of the one after this are fetched, unless there are none.
template <class Rule>
LASAGNE_INLINE void tile_updating(const float *points, const float *panel, int64_t depth, float *to,
                                  bool adds, DueTile due, Updated after, int64_t row_step,
                                  const Rule &formula) {
  constexpr int width = panel_width / lanes;
  Vector sums[tile_rows][width];
  LASAGNE_UNROLLED
  for (int row = 0; row < tile_rows; ++row) {
    for (int part = 0; part < width; ++part) {
      sums[row][part] = adds ? load(to + row * panel_width + part * lanes) : Vector{};
    }
  }
  int64_t k = 0;
  for (int64_t row = 0; row < tile_rows; ++row) {
    if (due.sums) {
      for (int part = 0; part < width; ++part) {
        change<Vector>(formula, load(due.sums + part * lanes), due.numbers, part * lanes);
      }
      due.sums += panel_width;
      due.numbers = due.numbers.after(row_step);
    }
    if (after.value) {
      for (int64_t i = 0; i < panel_width; i += 16) {
        __builtin_prefetch(after.value + i, 1, 3);
        for (int state = 0; state < Rule::states; ++state) {
          __builtin_prefetch(after.states[state] + i, 1, 3);
        }
      }
      after = after.after(row_step);
    }
    const int64_t end = row + 1 < tile_rows ? k + depth / tile_rows : depth;
    LASAGNE_UNROLLED_BY_FOUR
    for (; k < end; ++k) {
      Vector right[width];
      for (int part = 0; part < width; ++part) right[part] = load(panel + part * lanes);
      panel += panel_width;
      LASAGNE_UNROLLED
      for (int i = 0; i < tile_rows; ++i) {
        const Vector number = splat(points[i]);
        for (int part = 0; part < width; ++part) sums[i][part] += number * right[part];
      }
      points += tile_rows;
    }
  }
  LASAGNE_UNROLLED
  for (int row = 0; row < tile_rows; ++row) {
    for (int part = 0; part < width; ++part) {
      store(to + row * panel_width + part * lanes, sums[row][part]);
    }
  }
}

template <class Rule>
void multiply_updating_by(int64_t rows, int64_t columns, int64_t depth, const float *packed,
                          const float *b, int64_t row_step, const Updated &numbers, Rule formula) {
  // A panel stays in the first cache; blocks of the depth are of one size.
  constexpr int64_t deepest = 256;
  constexpr int64_t tile_size = tile_rows * panel_width;
  const int64_t blocks = (depth + deepest - 1) / deepest;
  const int64_t block = (depth + blocks - 1) / blocks;
  const int64_t tiles = (rows + tile_rows - 1) / tile_rows;
  // Sums that no block adds to any more are used up before the next tile has its own.
  float *panel = workspace(Workspace::product,
                           block * panel_width + (blocks == 1 ? 1 : tiles) * tile_size);
  float *const sums = panel + block * panel_width;
  const auto numbers_of = [&](int64_t tile, int64_t column) {
    const bool is_whole = (tile + 1) * tile_rows <= rows && column + panel_width <= columns;
    return is_whole ? numbers.after(tile * tile_rows * row_step + column) : Updated{};
  };
  const auto change_rows = [&](Updated here, const float *gradient, int64_t count, int64_t width) {
    for (int64_t row = 0; row < count; ++row) {
      change_row(formula, gradient + row * panel_width, 1, here.after(row * row_step), width);
    }
  };
  DueTile due = {};
  for (int64_t column = 0; column < columns; column += panel_width) {
    const int64_t width = columns - column < panel_width ? columns - column : panel_width;
    for (int64_t begin = 0; begin < depth; begin += block) {
      const int64_t count = depth - begin < block ? depth - begin : block;
      const bool is_last = begin + block >= depth;
      fill_panel(b + begin * row_step + column, row_step, 1, count, width, panel_width, panel);
      for (int64_t tile = 0; tile < tiles; ++tile) {
        const int64_t row = tile * tile_rows;
        float *const to = sums + (blocks == 1 ? 0 : tile) * tile_size;
        Updated after = {};
        if (is_last) {
          after = tile + 1 < tiles ? numbers_of(tile + 1, column) : numbers_of(0, column + panel_width);
        }
        tile_updating(packed + row * depth + begin * tile_rows, panel, count, to, begin > 0, due,
                      after, row_step, formula);
        due = {};
        if (!is_last) continue;
        due = {numbers_of(tile, column), to};
        if (due.numbers.value) continue;
        // At the right and at the lower edge.
        due = {};
        change_rows(numbers.after(row * row_step + column), to,
                    rows - row < tile_rows ? rows - row : tile_rows, width);
      }
    }
  }
  if (due.sums) change_rows(due.numbers, due.sums, tile_rows, panel_width);
}

void multiply_updating(int64_t rows, int64_t columns, int64_t depth, const float *packed,
                       const float *b, int64_t row_step, int32_t rule, const double *rule_numbers,
                       const Updated &numbers) {
  with_formula(rule, rule_numbers, [&](const auto &formula) {
    multiply_updating_by(rows, columns, depth, packed, b, row_step, numbers, formula);
  });
}
