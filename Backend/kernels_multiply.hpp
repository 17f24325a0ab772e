// Part of kernels_body.hpp: products of matrices.
//
// A tile of the result, up to `tile_rows` rows and two vectors wide, or twice as high and one wide,
// stays in registers while the depth goes by. The right factor is read from panels: for each number of
// the depth, as many columns as a tile has. The left factor is read where it lies, one number at a
// time: along its rows (`Along::rows`) or along its points, where the depth goes from row to row
// (`Along::points`).

constexpr int64_t tile_rows = LASAGNE_TILE_ROWS;
constexpr int64_t panel_width = 2 * lanes;
// A tile one vector wide has as many sums in registers when it is twice as high.
constexpr int64_t tall_rows = 2 * tile_rows;

enum class Along { rows, points };

/// Where the left factor is: pointers to rows or points, and an offset that holds for all. Rows may
/// consist of several segments that do not follow each other; so many floats of the panel are left out
/// between them.
struct Left {
  const float *const *pointers;
  int64_t offset;
  int64_t segments = 1;
  int64_t segment_step = 0;
  int64_t panel_gap = 0;
};

/// What is read next, and comes nearer while a strip is made: pieces of so many lines of the cache. Lines
/// are fetched a few at a time between the turns of the depth: all at once, they would hold up the tile.
struct Coming {
  const float *from = nullptr;
  int64_t pieces = 0, step = 0, lines = 0;
  /// Lines for so many turns of the depth.
  int64_t rate = 0;
  int64_t piece = 0, line = 0;

  static constexpr int64_t turns = 8;

  /// Spreads all lines over so many turns.
  LASAGNE_INLINE void spread(int64_t all_turns) {
    const int64_t times = all_turns / turns;
    rate = times > 0 ? (pieces * lines + times - 1) / times : 0;
  }

  LASAGNE_INLINE void fetch() {
    for (int64_t i = 0; i < rate && piece < pieces; ++i) {
      __builtin_prefetch(from + piece * step + line * 16, 0, 2);
      if (++line == lines) {
        line = 0;
        ++piece;
      }
    }
  }
};

template <Along along, int ROWS, int WIDTH, bool FETCHES>
LASAGNE_INLINE void tile(const Left &left, int64_t depth, const float *panel, int64_t panel_step,
                         float *c, int64_t c_row, int64_t columns, bool adds, Coming *coming) {
  Vector sums[ROWS][WIDTH];
  const bool is_whole = columns >= WIDTH * lanes;
  const int64_t rest = columns - (WIDTH - 1) * lanes;
  LASAGNE_UNROLLED
  for (int row = 0; row < ROWS; ++row) {
    for (int part = 0; part < WIDTH; ++part) {
      const float *from = c + row * c_row + part * lanes;
      if (!adds) {
        sums[row][part] = Vector{};
      } else if (is_whole || part + 1 < WIDTH) {
        sums[row][part] = load(from);
      } else {
        sums[row][part] = load_part(from, rest);
      }
    }
  }
  const float *rows[ROWS];
  if (along == Along::rows) {
    LASAGNE_UNROLLED
    for (int row = 0; row < ROWS; ++row) rows[row] = left.pointers[row] + left.offset;
  }
  for (int64_t segment = 0; segment < left.segments; ++segment) {
    for (int64_t begin = 0; begin < depth;) {
      int64_t end = depth;
      if (FETCHES) {
        coming->fetch();
        if (depth - begin > Coming::turns) end = begin + Coming::turns;
      }
      for (int64_t k = begin; k < end; ++k) {
        const float *point = along == Along::points ? left.pointers[k] + left.offset : nullptr;
        Vector right[WIDTH];
        for (int part = 0; part < WIDTH; ++part) right[part] = load(panel + part * lanes);
        panel += panel_step;
        LASAGNE_UNROLLED
        for (int row = 0; row < ROWS; ++row) {
          const Vector number = splat(along == Along::points ? point[row] : rows[row][k]);
          for (int part = 0; part < WIDTH; ++part) sums[row][part] += number * right[part];
        }
      }
      begin = end;
    }
    if (along == Along::rows) {
      LASAGNE_UNROLLED
      for (int row = 0; row < ROWS; ++row) rows[row] += left.segment_step;
      panel += left.panel_gap;
    }
  }
  LASAGNE_UNROLLED
  for (int row = 0; row < ROWS; ++row) {
    for (int part = 0; part < WIDTH; ++part) {
      float *to = c + row * c_row + part * lanes;
      if (is_whole || part + 1 < WIDTH) {
        store(to, sums[row][part]);
      } else {
        store_part(to, sums[row][part], rest);
      }
    }
  }
}

template <Along along, int WIDTH>
void tile_of(int64_t rows, const Left &left, int64_t depth, const float *panel, int64_t panel_step,
             float *c, int64_t c_row, int64_t columns, bool adds, Coming *coming) {
#define LASAGNE_CASE(ROWS)                                                                \
  case ROWS:                                                                              \
    if constexpr (ROWS * WIDTH <= tall_rows) {                                            \
      if (coming) {                                                                       \
        tile<along, ROWS, WIDTH, true>(left, depth, panel, panel_step, c, c_row, columns, \
                                       adds, coming);                                     \
      } else {                                                                            \
        tile<along, ROWS, WIDTH, false>(left, depth, panel, panel_step, c, c_row,         \
                                        columns, adds, nullptr);                          \
      }                                                                                   \
    }                                                                                     \
    return;
  switch (rows) {
    LASAGNE_CASE(1)
    LASAGNE_CASE(2)
    LASAGNE_CASE(3)
    LASAGNE_CASE(4)
    LASAGNE_CASE(5)
    LASAGNE_CASE(6)
    LASAGNE_CASE(7)
    LASAGNE_CASE(8)
    LASAGNE_CASE(9)
    LASAGNE_CASE(10)
    LASAGNE_CASE(11)
    LASAGNE_CASE(12)
    LASAGNE_CASE(13)
    LASAGNE_CASE(14)
    LASAGNE_CASE(15)
    LASAGNE_CASE(16)
    default: return;
  }
#undef LASAGNE_CASE
}

/// A whole strip of the result: all its rows, as many columns as a panel has.
template <Along along>
LASAGNE_INLINE void strip(int64_t rows, Left left, int64_t depth, const float *panel,
                          int64_t panel_step, float *c, int64_t c_row, int64_t columns, bool adds,
                          Coming *coming = nullptr) {
  const int64_t height = columns > lanes ? tile_rows : tall_rows;
  if (coming) coming->spread((rows + height - 1) / height * depth);
  for (int64_t row = 0; row < rows; row += height) {
    const int64_t count = rows - row < height ? rows - row : height;
    Left part = left;
    if (along == Along::rows) {
      part.pointers += row;
    } else {
      part.offset += row;
    }
    if (columns > lanes) {
      tile_of<along, 2>(count, part, depth, panel, panel_step, c + row * c_row, c_row, columns, adds,
                        coming);
    } else {
      tile_of<along, 1>(count, part, depth, panel, panel_step, c + row * c_row, c_row, columns, adds,
                        coming);
    }
  }
}

/// Up to `panel_width` columns of a right factor, side by side for each number of the depth; what is
/// missing to `step` columns becomes 0.
inline void fill_panel(const float *b, int64_t b_row, int64_t b_column, int64_t depth,
                       int64_t columns, int64_t step, float *panel) {
  if (b_column == 1 && columns == step) {
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t n = 0; n < step; n += lanes) store(panel + k * step + n, load(b + k * b_row + n));
    }
    return;
  }
  if (columns < step) __builtin_memset(panel, 0, static_cast<size_t>(depth * step) * sizeof(float));
  if (b_column == 1) {
    for (int64_t k = 0; k < depth; ++k) {
      for (int64_t n = 0; n < columns; ++n) panel[k * step + n] = b[k * b_row + n];
    }
    return;
  }
  int64_t done = 0;
#if defined(LASAGNE_TURNS_SQUARES)
  if (b_row == 1 && columns == step) {
    for (; done + lanes <= depth; done += lanes) {
      for (int64_t n = 0; n < step; n += lanes) {
        turn_square(b + n * b_column + done, b_column, panel + done * step + n, step);
      }
    }
  }
#endif
  // Eight at a time, so that a line of the cache that is read is used before it leaves.
  for (int64_t k = done; k < depth; k += 8) {
    const int64_t count = depth - k < 8 ? depth - k : 8;
    for (int64_t n = 0; n < columns; ++n) {
      const float *from = b + n * b_column + k * b_row;
      if (count == 8 && b_row == 1) {
        for (int64_t i = 0; i < 8; ++i) panel[(k + i) * step + n] = from[i];
      } else {
        for (int64_t i = 0; i < count; ++i) panel[(k + i) * step + n] = from[i * b_row];
      }
    }
  }
}

void pack_panels(const float *matrix, int64_t row_step, int64_t column_step, int64_t rows,
                 int64_t columns, float *panels, int64_t panel_step) {
  for (int64_t column = 0; column < columns; column += CT_PLAN_PANEL, panels += panel_step) {
    const int64_t rest = columns - column;
    const int64_t width = rest < CT_PLAN_PANEL ? rest : CT_PLAN_PANEL;
    for (int64_t row = 0; row < rows; ++row) {
      const float *from = matrix + row * row_step + column * column_step;
      float *__restrict to = panels + row * CT_PLAN_PANEL;
      for (int64_t n = 0; n < width; ++n) to[n] = from[n * column_step];
      for (int64_t n = width; n < CT_PLAN_PANEL; ++n) to[n] = 0;
    }
  }
}

#if defined(LASAGNE_TURNS_SQUARES)
/// Whether a product with a turned factor is best made turned, too.
inline bool is_made_turned(int64_t rows, int64_t columns, int64_t depth, int64_t a_column,
                           int64_t b_row, int64_t b_column, bool adds, int64_t b_panel) {
  return b_panel == 0 && !adds && a_column == 1 && b_row == 1 && b_column != 1 &&
         rows % panel_width == 0 && columns % lanes == 0 && rows <= 256 && columns >= 4 * rows &&
         rows * depth <= 1 << 17;
}

/// cᵀ = bᵀ · aᵀ, where a is much smaller than b: a is brought into panels, and b is read once, where it
/// lies.
inline void multiply_turned(int64_t rows, int64_t columns, int64_t depth, const float *a,
                            int64_t a_row, const float *b, int64_t b_column, float *c,
                            int64_t c_row) {
  float *panels = workspace(Workspace::product, rows * depth + lanes * rows + 2 * lanes);
  float *turned = panels + rows * depth;
  const float **pointers = reinterpret_cast<const float **>(turned + lanes * rows);
  for (int64_t row = 0; row < rows; row += panel_width) {
    fill_panel(a + row * a_row, 1, a_row, depth, panel_width, panel_width,
               panels + row * depth);
  }
  for (int64_t column = 0; column < columns; column += lanes) {
    for (int64_t i = 0; i < lanes; ++i) pointers[i] = b + (column + i) * b_column;
    Coming coming;
    if (column + lanes < columns) {
      coming = {b + (column + lanes) * b_column, lanes, b_column, (depth + 15) / 16};
    }
    for (int64_t row = 0; row < rows; row += panel_width) {
      strip<Along::rows>(lanes, Left{pointers, 0}, depth, panels + row * depth, panel_width,
                         turned + row, rows, panel_width, false, &coming);
    }
    for (int64_t row = 0; row < rows; row += lanes) {
      turn_square(turned + row, rows, c + row * c_row + column, c_row);
    }
  }
}
#endif

void multiply(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row,
              int64_t a_column, const float *b, int64_t b_row, int64_t b_column, float *c,
              int64_t c_row, bool adds, int64_t b_panel) {
#if defined(LASAGNE_TURNS_SQUARES)
  if (is_made_turned(rows, columns, depth, a_column, b_row, b_column, adds, b_panel)) {
    return multiply_turned(rows, columns, depth, a, a_row, b, b_column, c, c_row);
  }
#endif
  // Few rows read a panel so seldom that it may be deep and stay in the second cache; a right factor that
  // lies row by row is then read where it is, unless its rows would take each other's place. For many
  // rows, a panel and the rows of a tile stay in the first cache. Blocks are of one size: none is so short
  // that reading its sums again is most of its work.
  const bool is_low = rows <= 256;
  const bool is_direct =
      b_panel == 0 && b_column == 1 && (is_low ? b_row % 64 != 0 : b_row <= 2 * panel_width);
  constexpr int64_t deepest = 1024;
  const int64_t most = is_low ? deepest : 288;
  const int64_t blocks = (depth + most - 1) / most;
  const int64_t block = depth > most ? ((depth + blocks - 1) / blocks + 15) / 16 * 16 : most;
  const bool along_rows = a_column == 1;
  const int64_t pointer_count = along_rows ? rows : depth;
  // Pointers take the place of two floats.
  float *memory = workspace(Workspace::product, 2 * pointer_count + deepest * panel_width + 32);
  float *panel = memory;
  const float **pointers = reinterpret_cast<const float **>(memory + deepest * panel_width);
  for (int64_t i = 0; i < pointer_count; ++i) pointers[i] = a + i * (along_rows ? a_row : a_column);
  const int64_t whole_columns = columns / lanes * lanes;
  for (int64_t begin = 0; begin < depth; begin += block) {
    const int64_t count = depth - begin < block ? depth - begin : block;
    const bool adds_now = adds || begin > 0;
    for (int64_t column = 0; column < columns; column += panel_width) {
      const int64_t width = columns - column < panel_width ? columns - column : panel_width;
      const float *right = b + begin * b_row + column * b_column;
      int64_t step = b_row;
      Coming coming;
      if (b_panel != 0) {
        right = b + column / CT_PLAN_PANEL * b_panel + begin * CT_PLAN_PANEL + column % CT_PLAN_PANEL;
        step = CT_PLAN_PANEL;
      } else {
        if (!is_direct || column + width > whole_columns) {
          step = width > lanes ? panel_width : lanes;
          fill_panel(right, b_row, b_column, count, width, step, panel);
          right = panel;
        }
        // The panel after this one: on the right of it, or the first of the next depth.
        const bool is_last = column + panel_width >= columns;
        const int64_t depth_after = is_last ? begin + block : begin;
        const int64_t column_after = is_last ? 0 : column + panel_width;
        if (depth_after < depth) {
          const int64_t lines = (depth - depth_after < block ? depth - depth_after : block);
          const int64_t wide = columns - column_after < panel_width ? columns - column_after
                                                                    : panel_width;
          const float *after = b + depth_after * b_row + column_after * b_column;
          coming = b_column == 1 ? Coming{after, lines, b_row, (wide + 15) / 16}
                                 : Coming{after, wide, b_column, (lines + 15) / 16};
        }
      }
      Coming *const meanwhile = coming.pieces > 0 ? &coming : nullptr;
      if (along_rows) {
        strip<Along::rows>(rows, Left{pointers, begin}, count, right, step, c + column, c_row, width,
                           adds_now, meanwhile);
      } else {
        strip<Along::points>(rows, Left{pointers + begin, 0}, count, right, step, c + column, c_row,
                             width, adds_now, meanwhile);
      }
    }
  }
}
