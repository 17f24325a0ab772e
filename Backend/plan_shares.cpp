#include "plan.hpp"
#include "workspace.hpp"

#include <algorithm>

namespace lasagne {
namespace {

/// Which size of an operation counts with the samples; -1 for operations that have no blocks.
int counting_size(int32_t code) {
  switch (code) {
    case CT_PLAN_FILL:
    case CT_PLAN_ACTIVATE:
    case CT_PLAN_ACTIVATE_BACK:
    case CT_PLAN_COLUMN_SUMS:
    case CT_PLAN_MULTIPLY_EACH:
    case CT_PLAN_ADD_SCALED:
    case CT_PLAN_TRANSPOSE: return 0;
    case CT_PLAN_POOL_GREATEST:
    case CT_PLAN_POOL_GREATEST_BACK:
    case CT_PLAN_POOL_AVERAGE:
    case CT_PLAN_POOL_AVERAGE_BACK: return 9;
    case CT_PLAN_CONVOLVE:
    case CT_PLAN_CONVOLVE_BACK:
    case CT_PLAN_CONVOLVE_FILTERS: return 12;
    default: return -1;
  }
}

}  // namespace

void Plan::check_shares(size_t position) const {
  const CTPlanOperation &head = operations[position];
  const auto inside = static_cast<size_t>(head.sizes[1]);
  TORCH_CHECK(head.sizes[0] > 0 && head.sizes[1] > 0 && position + inside < operations.size(),
              "the shares of a plan have no operations");
  const int64_t shares = (rows + head.sizes[0] - 1) / head.sizes[0];
  for (size_t i = position + 1; i <= position + inside;) {
    const CTPlanOperation &block = operations[i];
    TORCH_CHECK(block.code == CT_PLAN_BLOCKS && block.sizes[0] > 0 && block.sizes[1] > 0 &&
                    i + static_cast<size_t>(block.sizes[1]) <= position + inside,
                "a share of a plan is not made of blocks");
    const size_t end = i + static_cast<size_t>(block.sizes[1]);
    for (++i; i <= end; ++i) {
      const int size = counting_size(operations[i].code);
      TORCH_CHECK(size >= 0 && operations[i].sizes[size] % rows == 0,
                  "an operation of a plan cannot be carried out block by block: ",
                  operations[i].code);
      for (const int32_t used : operations[i].buffers) {
        if (used < 0) continue;
        const CTPlanBuffer &buffer = buffers[static_cast<size_t>(used)];
        const int64_t parts = buffer.extent == CT_PLAN_OF_BATCH       ? rows
                              : buffer.extent == CT_PLAN_SUM_OF_SHARE ? shares
                              : buffer.extent == CT_PLAN_OF_SHARE     ? head.sizes[0]
                                                                      : block.sizes[0];
        TORCH_CHECK(buffer.row * parts <= buffer.count, "a buffer of a plan is too small");
      }
    }
  }
}

size_t Plan::carry_out_shares(size_t position, const CTPlanStep &step) {
  const CTPlanOperation &head = operations[position];
  const int64_t shares = (rows + head.sizes[0] - 1) / head.sizes[0];
  share(shares, [&](int64_t number) { carry_out_share(position, number, step); });
  return 1 + static_cast<size_t>(head.sizes[1]);
}

void Plan::carry_out_share(size_t position, int64_t number, const CTPlanStep &step) {
  const CTPlanOperation &head = operations[position];
  const size_t last = position + static_cast<size_t>(head.sizes[1]);
  const int64_t first_row = number * head.sizes[0];
  const int64_t end_row = std::min(rows, first_row + head.sizes[0]);
  float *own = workspace(Workspace::local, thread_memory);
  // Kept by the thread, so that nothing is allocated at a step.
  static thread_local std::vector<float *> places;
  places.assign(addresses.begin(), addresses.end());
  const auto for_buffers = [&](size_t begin, size_t end, auto body) {
    for (size_t i = begin; i <= end; ++i) {
      if (operations[i].code == CT_PLAN_BLOCKS) continue;
      for (const int32_t used : operations[i].buffers) {
        if (used >= 0) body(static_cast<size_t>(used), buffers[static_cast<size_t>(used)]);
      }
    }
  };
  for_buffers(position + 1, last, [&](size_t index, const CTPlanBuffer &buffer) {
    if (buffer.extent != CT_PLAN_SUM_OF_SHARE) return;
    places[index] = addresses[index] + number * buffer.row;
    std::fill(places[index], places[index] + buffer.row, 0.0f);
  });
  CTPlanResult nothing = {};
  for (size_t i = position + 1; i <= last;) {
    const int64_t block_rows = operations[i].sizes[0];
    const size_t first = i + 1, end = i + static_cast<size_t>(operations[i].sizes[1]);
    for (int64_t row = first_row; row < end_row; row += block_rows) {
      const int64_t count = std::min(block_rows, end_row - row);
      for_buffers(first, end, [&](size_t index, const CTPlanBuffer &buffer) {
        switch (buffer.extent) {
          case CT_PLAN_OF_BATCH: places[index] = addresses[index] + row * buffer.row; break;
          case CT_PLAN_OF_SHARE:
            places[index] = own + buffer.offset + (row - first_row) * buffer.row;
            break;
          case CT_PLAN_OF_BLOCK: places[index] = own + buffer.offset; break;
          default: break;
        }
      });
      for (size_t k = first; k <= end; ++k) {
        CTPlanOperation part = operations[k];
        int64_t &size = part.sizes[counting_size(part.code)];
        size = size / rows * count;
        carry_out(part, places.data(), step, nothing);
      }
    }
    i = end + 1;
  }
}

}  // namespace lasagne
