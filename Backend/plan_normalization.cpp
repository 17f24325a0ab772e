#include "plan.hpp"
#include "workspace.hpp"

#include <algorithm>

// Normalization of columns by their own mean and variance. Threads share the rows; what is summed over all
// rows is summed block by block, in one order.

namespace lasagne {
namespace {

/// Calls `body(block, first, count)` for each block of rows.
template <class Body>
void share_blocks(int64_t rows, int64_t columns, Body body) {
  const int64_t blocks = (rows + rows_of_block - 1) / rows_of_block;
  share_rows(blocks, rows * columns, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * rows_of_block;
      body(block, first, std::min(rows_of_block, rows - first));
    }
  });
}

float *memory_for_blocks(int64_t rows, int64_t numbers) {
  return workspace(Workspace::sums, (rows + rows_of_block - 1) / rows_of_block * numbers);
}

}  // namespace

bool Plan::carry_out_normalization(const CTPlanOperation &operation, Places places) {
  const Kernels &kernel = kernels();
  const int64_t rows = operation.sizes[0], columns = operation.sizes[1];
  float *b[10];
  for (int i = 0; i < 10; ++i) b[i] = at(operation, places, i);
  switch (operation.code) {
    case CT_PLAN_COLUMN_STATISTICS: {
      float *sums = memory_for_blocks(rows, 3 * columns);
      share_blocks(rows, columns, [&](int64_t block, int64_t first, int64_t count) {
        kernel.block_statistics(b[0] + first * columns, count, columns, sums + block * 3 * columns);
      });
      kernel.column_statistics(sums, rows, columns, static_cast<float>(operation.numbers[0]), b[1],
                               b[2]);
      return true;
    }
    case CT_PLAN_NORMALIZE:
      share_rows(rows, rows * columns, [&](int64_t begin, int64_t end) {
        const int64_t first = begin * columns;
        kernel.normalize(b[0] + first, {b[1], b[2], b[3], b[4]}, b[5] ? b[5] + first : nullptr,
                         b[6] + first, end - begin, columns, activation(operation, 2));
      });
      return true;
    case CT_PLAN_NORMALIZE_BACK: {
      const Normalization by = {b[2], b[3], b[4], nullptr};
      const Activation f = activation(operation, 3);
      const bool adds_other = operation.sizes[2] != 0;
      const auto from = [](float *all, int64_t place) { return all ? all + place : nullptr; };
      float *sums = memory_for_blocks(rows, 2 * columns);
      share_blocks(rows, columns, [&](int64_t block, int64_t first, int64_t count) {
        const int64_t place = first * columns;
        kernel.normalize_back_sums(b[0] + place, from(b[8], place), b[1] + place, by,
                                   from(b[9], place), adds_other, count, columns, f,
                                   sums + block * 2 * columns);
      });
      kernel.normalize_back_means(sums, rows, columns, b[6], b[7]);
      if (!b[5]) return true;
      share_blocks(rows, columns, [&](int64_t, int64_t first, int64_t count) {
        const int64_t place = first * columns;
        kernel.normalize_back(b[0] + place, from(b[8], place), b[1] + place, by, sums, b[5] + place,
                              count, columns, f);
      });
      return true;
    }
    default: return false;
  }
}

}  // namespace lasagne
