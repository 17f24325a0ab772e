#include "plan.hpp"

#include <algorithm>
#include <cmath>

namespace lasagne {
namespace {

/// Rows whose sums for parameters are made by one thread: the same, however many threads there are.
constexpr int64_t rows_of_share = 128;

AttentionShape attention_shape(const CTPlanOperation &operation) {
  const int64_t *s = operation.sizes;
  return {s[1], s[2], s[3], s[4], s[5] != 0, s[6], static_cast<float>(operation.numbers[0]),
          static_cast<float>(operation.numbers[1])};
}

/// Each pair of a sample and a head is one thread's.
template <class Body>
void share_heads(const CTPlanOperation &operation, Body body) {
  const int64_t *s = operation.sizes;
  if (s[0] * s[1] * s[2] * s[3] * s[4] < 1 << 19) {
    body(0, s[0] * s[1]);
  } else {
    share_range(s[0] * s[1], 1, body);
  }
}

void check_numbers(const float *numbers, int64_t count, int64_t entries) {
  for (int64_t i = 0; i < count; ++i) {
    TORCH_CHECK(numbers[i] > -1 && numbers[i] < static_cast<float>(entries), "there is no index ",
                numbers[i], ", only those below ", entries);
  }
}

void normalize_rows_back(const CTPlanOperation &operation, const float *x, const float *dy,
                         const float *statistics, const float *gamma, float *dx,
                         float *gamma_gradient, float *beta_gradient, float *sums) {
  const int64_t *s = operation.sizes;
  const int64_t rows = s[0], columns = s[1];
  const int64_t shares = (rows + rows_of_share - 1) / rows_of_share;
  share_rows(shares, rows * columns, [&](int64_t begin, int64_t end) {
    for (int64_t share = begin; share < end; ++share) {
      float *own = sums ? sums + share * 2 * columns : nullptr;
      if (own) std::fill(own, own + 2 * columns, 0.0f);
      const int64_t first = share * rows_of_share;
      const int64_t count = std::min(rows_of_share, rows - first);
      kernels().normalize_rows_back(x + first * columns, dy + first * columns,
                                    statistics + 2 * first, gamma,
                                    dx ? dx + first * columns : nullptr,
                                    gamma_gradient ? own : nullptr,
                                    beta_gradient ? own + columns : nullptr, count, columns,
                                    s[2] != 0, s[3] != 0);
    }
  });
  for (int64_t share = 0; sums && share < shares; ++share) {
    const float *own = sums + share * 2 * columns;
    if (gamma_gradient) kernels().add_scaled(own, 1, gamma_gradient, columns, true);
    if (beta_gradient) kernels().add_scaled(own + columns, 1, beta_gradient, columns, true);
  }
}

template <class Number>
void gather_numbers(const Number *data, const int64_t *indices, int64_t rows, int64_t width,
                    float *out) {
  for (int64_t row = 0; row < rows; ++row, out += width) {
    const Number *from = data + (indices ? indices[row] : row) * width;
    for (int64_t i = 0; i < width; ++i) out[i] = static_cast<float>(from[i]);
  }
}

}  // namespace

bool gather_whole_numbers(const Tensor &data, const int64_t *indices, int64_t rows, int64_t width,
                          float *out) {
  if (data.scalar_type() == at::kLong) {
    gather_numbers(data.const_data_ptr<int64_t>(), indices, rows, width, out);
  } else if (data.scalar_type() == at::kInt) {
    gather_numbers(data.const_data_ptr<int32_t>(), indices, rows, width, out);
  } else {
    return false;
  }
  return true;
}

bool Plan::carry_out_sequences(const CTPlanOperation &operation, Places places) {
  const Kernels &kernel = kernels();
  const int64_t *s = operation.sizes;
  float *b[10];
  for (int position = 0; position < 10; ++position) b[position] = at(operation, places, position);
  switch (operation.code) {
    case CT_PLAN_ATTEND: {
      const AttentionShape shape = attention_shape(operation);
      share_heads(operation, [&](int64_t begin, int64_t end) {
        kernel.attend(b[0], b[1], b[2], b[3], b[4], b[5], b[6], begin, end, shape);
      });
      return true;
    }
    case CT_PLAN_ATTEND_BACK: {
      const AttentionShape shape = attention_shape(operation);
      share_heads(operation, [&](int64_t begin, int64_t end) {
        kernel.attend_back(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], begin, end, shape);
      });
      return true;
    }
    case CT_PLAN_NORMALIZE_ROWS:
      share_rows(s[0], s[0] * s[1], [&](int64_t begin, int64_t end) {
        kernel.normalize_rows(b[0] + begin * s[1], b[1], b[2], b[3] + begin * s[1],
                              b[4] + 2 * begin, end - begin, s[1],
                              static_cast<float>(operation.numbers[0]), s[2] != 0);
      });
      return true;
    case CT_PLAN_NORMALIZE_ROWS_BACK:
      normalize_rows_back(operation, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);
      return true;
    case CT_PLAN_TAKE_ROWS:
      check_numbers(b[1], s[0], s[2]);
      kernel.take_rows(b[0], b[1], b[2], s[0], s[1]);
      return true;
    case CT_PLAN_ADD_TO_ROWS:
      // Threads share the columns: each number is summed in one order.
      share_rows(s[1], s[0] * s[1], [&](int64_t begin, int64_t end) {
        kernel.add_to_rows(b[0], b[1], b[2], s[0], s[1], begin, end - begin);
      });
      return true;
    default: return false;
  }
}

}  // namespace lasagne
