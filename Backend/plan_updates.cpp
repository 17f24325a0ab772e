#include "plan.hpp"
#include "rounding.hpp"
#include "workspace.hpp"

#include <algorithm>
#include <cmath>

// The update of all parameters, after the gradients or, for large parameters, together with them.

namespace lasagne {
namespace {

/// Of a parameter that threads share.
constexpr int64_t numbers_of_part = 1 << 16;

/// Numbers whose squares sum up to less have products whose sums have squares that floats can hold.
constexpr double largest_squares = 1e30;

}  // namespace

void Plan::set_updated(const CTUpdatedTensor *tensors, int64_t count) {
  updated.clear();
  updated_kept.clear();
  updated_numbers = 0;
  fused.clear();
  is_fused.assign(operations.size(), false);
  is_part_fused.clear();
  for (int64_t i = 0; i < count; ++i) {
    const auto address = [&](CTTensor handle, int64_t size) -> float * {
      if (!handle.impl) return nullptr;
      updated_kept.push_back(tensor(handle));
      return address_of(updated_kept.back(), size);
    };
    const int32_t gradient = tensors[i].gradient;
    TORCH_CHECK(gradient >= 0 && gradient < static_cast<int32_t>(addresses.size()),
                "a plan has no buffer ", gradient);
    const int64_t size = buffers[static_cast<size_t>(gradient)].count;
    const Updated numbers = {address(tensors[i].value, size),
                             {address(tensors[i].states[0], size), address(tensors[i].states[1], size),
                              address(tensors[i].states[2], size)}};
    const bool has_product = fuse(gradient, numbers);
    for (int64_t first = 0; first < size; first += numbers_of_part) {
      updated.push_back({numbers.after(first), addresses[static_cast<size_t>(gradient)] + first,
                         std::min(numbers_of_part, size - first)});
    }
    is_part_fused.resize(updated.size(), has_product);
    updated_numbers += size;
  }
  part_squares.resize(updated.size());
}

bool Plan::fuse(int32_t gradient, const Updated &numbers) {
  for (size_t i = 0; i < operations.size(); ++i) {
    const CTPlanOperation &operation = operations[i];
    const int64_t *s = operation.sizes;
    if (operation.code != CT_PLAN_MULTIPLY || s[10] == 0 || operation.buffers[2] != gradient) {
      continue;
    }
    TORCH_CHECK(s[3] == 1 && s[4] == s[0] && s[5] == s[1] && s[6] == 1 && s[7] == s[1] && s[8] == 0,
                "a product for an update alone takes two matrices without gaps, the first turned");
    is_fused[i] = true;
    fused.push_back({i, numbers});
    return true;
  }
  return false;
}

template <class Body>
void Plan::share_updated(Body body) {
  const auto parts = static_cast<int64_t>(updated.size());
  share_rows(parts, updated_numbers, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) body(static_cast<size_t>(part));
  });
}

double Plan::squares_of_gradients() {
  share_updated([&](size_t part) {
    part_squares[part] = kernels().sum_of_squares(updated[part].gradient, updated[part].count);
  });
  // In one order, however many threads there are.
  double squares = 0;
  for (const double part : part_squares) squares += part;
  if (std::isfinite(squares)) return squares;
  // The square of a finite float may be more than floats reach, but never more than doubles do.
  squares = 0;
  for (const UpdatedTensor &tensor : updated) {
    for (int64_t i = 0; i < tensor.count; ++i) {
      const double number = tensor.gradient[i];
      squares += number * number;
    }
  }
  return squares;
}

void Plan::update(const CTPlanStep &step) {
  const WithoutDenormals rounding;
  const Kernels &kernel = kernels();
  float factor = 1;
  if (step.largest_norm > 0) {
    const double norm = std::sqrt(gradient_squares);
    factor = static_cast<float>(std::fmin(norm, step.largest_norm) / (norm + 1e-7));
  }
  share_updated([&](size_t part) {
    kernel.update(step.rule, step.rule_numbers, factor, updated[part]);
  });
  update_averages();
}

void Plan::update_averages() {
  for (const CTPlanOperation &operation : late) {
    const double weight = operation.numbers[0];
    float *average = at(operation, addresses.data(), 0);
    const float *fresh = at(operation, addresses.data(), 1);
    for (int64_t i = 0; i < operation.sizes[0]; ++i) {
      average[i] = average[i] * static_cast<float>(1 - weight) + fresh[i] * static_cast<float>(weight);
    }
  }
}

bool Plan::fuses(const CTPlanStep &step) const {
  return !fused.empty() && step.updates && step.largest_norm == 0 && step.l1 == 0 && step.l2 == 0;
}

bool Plan::update_with_products(const CTPlanStep &step) {
  const Kernels &kernel = kernels();
  // Nothing may change before it is known that all gradients are finite. Those that are not there yet
  // are no greater than the root of the product of their factors' squares (Cauchy and Schwarz).
  for (const Fused &product : fused) {
    const CTPlanOperation &operation = operations[product.operation];
    const int64_t *s = operation.sizes;
    const double squares =
        kernel.sum_of_squares(at(operation, addresses.data(), 0), s[0] * s[2]) *
        kernel.sum_of_squares(at(operation, addresses.data(), 1), s[1] * s[2]);
    if (!(squares < largest_squares)) return false;
  }
  share_updated([&](size_t part) {
    part_squares[part] = is_part_fused[part] ? 0 : kernel.sum_of_squares(updated[part].gradient,
                                                                         updated[part].count);
  });
  gradient_squares = 0;
  for (const double squares : part_squares) gradient_squares += squares;
  if (!std::isfinite(gradient_squares)) return false;
  share_updated([&](size_t part) {
    if (!is_part_fused[part]) kernel.update(step.rule, step.rule_numbers, 1, updated[part]);
  });
  for (const Fused &product : fused) update_with(product, step);
  update_averages();
  return true;
}

void Plan::update_with(const Fused &product, const CTPlanStep &step) {
  const Kernels &kernel = kernels();
  const CTPlanOperation &operation = operations[product.operation];
  const int64_t rows = operation.sizes[0], columns = operation.sizes[1];
  const int64_t depth = operation.sizes[2];
  const float *b = at(operation, addresses.data(), 1);
  // Every part reads the whole left factor.
  float *packed = workspace(Workspace::points, (rows + 15) * depth);
  kernel.pack_points(at(operation, addresses.data(), 0), depth, rows, packed);
  share_range(columns, CT_PLAN_PANEL, [&](int64_t begin, int64_t end) {
    kernel.multiply_updating(rows, end - begin, depth, packed, b + begin, columns, step.rule,
                             step.rule_numbers, product.numbers.after(begin));
  });
}

}  // namespace lasagne
