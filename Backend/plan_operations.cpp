#include "plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace lasagne {
namespace {

/// Below so many multiplications a second thread costs more than it brings.
constexpr int64_t worth_sharing = 1 << 20;

void gather(const Tensor &data, const int64_t *indices, int64_t rows, int64_t width, float scale,
            float *out) {
  TORCH_CHECK(data.is_cpu() && data.is_contiguous() && data.numel() == data.size(0) * width,
              "samples of a plan must have ", width, " numbers each, in host memory");
  if (data.scalar_type() == at::kByte) {
    kernels().gather_bytes(data.const_data_ptr<uint8_t>(), indices, rows, width, scale, out);
  } else if (!gather_whole_numbers(data, indices, rows, width, out)) {
    TORCH_CHECK(data.scalar_type() == at::kFloat, "samples of a plan are bytes or float32");
    kernels().gather_floats(data.const_data_ptr<float>(), indices, rows, width, scale, out);
  }
}

/// Threads share the columns: each number is summed in one order.
void share_column_sums(const float *x, float *sums, int64_t rows, int64_t columns) {
  share_rows((columns + 15) / 16, rows * columns, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * 16, last = std::min(end * 16, columns);
    kernels().add_part_of_column_sums(x + first, columns, sums + first, rows, last - first);
  });
}

}  // namespace

Activation activation(const CTPlanOperation &operation, int position) {
  return {static_cast<int32_t>(operation.sizes[position]),
          static_cast<float>(operation.numbers[0]), static_cast<float>(operation.numbers[1])};
}

void matrix_product(const CTPlanOperation &operation, const float *a, const float *b, float *c) {
  const int64_t *s = operation.sizes;
  const int64_t rows = s[0], columns = s[1], depth = s[2];
  const int64_t a_row = s[3], a_column = s[4], c_row = s[7];
  // However many threads share columns or rows, each number comes out the same.
  constexpr int64_t panel = CT_PLAN_PANEL;
  const bool is_small = rows * columns * depth < worth_sharing;
  if (!is_small && columns >= 8 * panel) {
    // Each panel of the right factor is brought together once.
    share_range(columns, panel, [&](int64_t begin, int64_t end) {
      kernels().multiply(rows, end - begin, depth, a, a_row, a_column,
                         b + (s[9] != 0 ? begin / panel * s[9] : begin * s[6]), s[5], s[6], c + begin,
                         c_row, s[8] != 0, s[9]);
    });
    return;
  }
  share_range(rows, is_small ? rows : 32, [&](int64_t begin, int64_t end) {
    kernels().multiply(end - begin, columns, depth, a + begin * a_row, a_row, a_column, b, s[5], s[6],
                       c + begin * c_row, c_row, s[8] != 0, s[9]);
  });
}

void Plan::carry_out(const CTPlanOperation &operation, Places places, const CTPlanStep &step,
                     CTPlanResult &result) {
  const Kernels &kernel = kernels();
  const int64_t *s = operation.sizes;
  const double *numbers = operation.numbers;
  float *a = at(operation, places, 0), *b = at(operation, places, 1);
  float *c = at(operation, places, 2), *d = at(operation, places, 3);
  switch (operation.code) {
    case CT_PLAN_INPUTS:
      gather(tensor(step.inputs), step.indices, s[0], s[1], static_cast<float>(numbers[0]), a);
      break;
    case CT_PLAN_TARGETS:
      gather(tensor(step.targets), step.indices, s[0], s[1], 1, a);
      break;
    case CT_PLAN_FILL: {
      const float number = static_cast<float>(numbers[0]);
      share_rows(s[0], s[0], [&](int64_t begin, int64_t end) {
        std::fill(a + begin, a + end, number);
      });
      break;
    }
    case CT_PLAN_MULTIPLY: matrix_product(operation, a, b, c); break;
    case CT_PLAN_PACK_PANELS: kernel.pack_panels(a, s[2], s[3], s[0], s[1], b, s[4]); break;
    case CT_PLAN_ACTIVATE:
      share_rows(s[0], s[0] * s[1], [&](int64_t begin, int64_t end) {
        const int64_t first = begin * s[1];
        if (d) {
          kernel.activate_keeping(a + first, b, d + first, c + first, end - begin, s[1],
                                  activation(operation, 2));
        } else {
          kernel.activate(a + first, b, c + first, end - begin, s[1], activation(operation, 2));
        }
      });
      break;
    case CT_PLAN_ACTIVATE_BACK:
      if (team_size() == 1) {
        kernel.activate_back(a, b, c, d, s[0], s[1], activation(operation, 2));
        break;
      }
      share_rows(s[0], s[0] * s[1], [&](int64_t begin, int64_t end) {
        const int64_t first = begin * s[1];
        kernel.activate_back(a + first, b + first, c + first, nullptr, end - begin, s[1],
                             activation(operation, 2));
      });
      if (d) share_column_sums(c, d, s[0], s[1]);
      break;
    case CT_PLAN_COLUMN_SUMS: share_column_sums(a, b, s[0], s[1]); break;
    case CT_PLAN_SOFTMAX: kernel.softmax(a, b, s[0], s[1]); break;
    case CT_PLAN_SOFTMAX_BACK: kernel.softmax_back(a, b, c, s[0], s[1]); break;
    case CT_PLAN_CROSS_ENTROPY: {
      const int64_t *numbered = c ? nullptr : labels.data();
      TORCH_CHECK(c || has_labels, "this plan takes class numbers as targets");
      TORCH_CHECK(c || static_cast<int64_t>(labels.size()) == s[0],
                  "there must be a class number for each row of classes, of which there are ", s[0]);
      int64_t counted = s[0];
      for (int64_t i = 0; numbered && i < s[0]; ++i) {
        TORCH_CHECK(numbered[i] < s[1], "there is no class ", numbered[i]);
        // A step that does not count.
        if (numbered[i] < 0) --counted;
      }
      const auto rows_here = static_cast<double>(std::max<int64_t>(counted, 1));
      result.loss += kernel.cross_entropy(a, numbered, c, b, s[0], s[1],
                                          static_cast<float>(1 / rows_here), &result.correct) /
                     rows_here;
      break;
    }
    case CT_PLAN_BINARY_CROSS_ENTROPY: {
      const auto count = static_cast<double>(s[0]);
      result.loss += kernel.binary_cross_entropy(a, c, b, s[0], static_cast<float>(1 / count),
                                                 &result.correct) /
                     count;
      break;
    }
    case CT_PLAN_SQUARED_ERROR: {
      const auto count = static_cast<double>(s[0]);
      result.loss += kernel.squared_error(a, c, b, s[0], static_cast<float>(1 / count)) / count;
      break;
    }
    case CT_PLAN_HUBER: {
      const auto count = static_cast<double>(s[0]);
      result.loss += kernel.huber(a, c, b, s[0], static_cast<float>(numbers[0]),
                                  static_cast<float>(1 / count)) /
                     count;
      break;
    }
    case CT_PLAN_PENALTY: {
      if (step.l1 == 0 && step.l2 == 0) break;
      double absolutes = 0, squares = 0;
      kernel.penalize(a, b, s[0], step.l1, step.l2, &absolutes, &squares);
      result.penalty += step.l1 * absolutes + step.l2 * squares;
      break;
    }
    case CT_PLAN_BERNOULLI: choose(operation, a); break;
    case CT_PLAN_ADD_SHARES:
      share_rows(s[0], s[0] * s[1], [&](int64_t begin, int64_t end) {
        for (int64_t share = 0; share < s[1]; ++share) {
          kernel.add_scaled(a + share * s[0] + begin, 1, b + begin, end - begin,
                            share > 0 || s[2] != 0);
        }
      });
      break;
    case CT_PLAN_MULTIPLY_EACH:
      share_rows(s[0], s[0], [&](int64_t begin, int64_t end) {
        kernel.multiply_each(a + begin, b + begin, static_cast<float>(numbers[0]), c + begin,
                             end - begin, s[1] != 0);
      });
      break;
    case CT_PLAN_ADD_SCALED:
      share_rows(s[0], s[0], [&](int64_t begin, int64_t end) {
        kernel.add_scaled(a + begin, static_cast<float>(numbers[0]), b + begin, end - begin,
                          s[1] != 0);
      });
      break;
    default:
      TORCH_CHECK(carry_out_images(operation, places) ||
                      carry_out_normalization(operation, places) ||
                      carry_out_cells(operation, places) || carry_out_sequences(operation, places),
                  "a plan knows no operation ", operation.code);
  }
}

}  // namespace lasagne
