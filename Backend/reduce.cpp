#include "guard.hpp"

#include <ATen/ops/all.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/any.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/argmin.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/var.h>
#include <ATen/ops/zeros_like.h>

namespace lasagne {
namespace {

/// A reduction over no axes: each element is its own sum, mean and extreme, and varies by nothing.
Tensor over_no_axes(int32_t op, const Tensor &a) {
  switch (op) {
    case CT_MEAN: return as_floating(a).alias();
    case CT_VARIANCE: return at::zeros_like(as_floating(a));
    case CT_SUM:
    case CT_GREATEST:
    case CT_LEAST: return a.alias();
    default: TORCH_CHECK(false, "no axes are given");
  }
}

Tensor reduced(int32_t op, const Tensor &a, at::OptionalIntArrayRef axes, bool keep) {
  const at::IntArrayRef listed = axes.has_value() ? *axes : at::IntArrayRef();
  switch (op) {
    case CT_SUM: return at::sum(a, axes, keep);
    case CT_MEAN: return at::mean(as_floating(a), axes, keep);
    case CT_VARIANCE: return at::var(as_floating(a), axes, at::Scalar(0), keep);
    case CT_SAMPLE_VARIANCE: return at::var(as_floating(a), axes, at::Scalar(1), keep);
    case CT_GREATEST: return at::amax(a, listed, keep);
    case CT_LEAST: return at::amin(a, listed, keep);
    case CT_NORM: return at::linalg_vector_norm(as_floating(a), 2, axes, keep);
    case CT_ANY: return at::any(a, axes, keep).to(at::kBool);
    case CT_ALL: return at::all(a, axes, keep).to(at::kBool);
    default: TORCH_CHECK(false, "unknown reduction ", op);
  }
}

CTErrorRef reduce(int32_t op, CTTensor a, const int64_t *axes, int64_t axis_count, bool keep,
                  CTTensor *out) noexcept {
  return giving(out, [&] {
    if (axis_count == 0) return over_no_axes(op, tensor(a));
    if (axis_count < 0) return reduced(op, tensor(a), std::nullopt, keep);
    return reduced(op, tensor(a), list(axes, axis_count), keep);
  });
}

CTErrorRef along(int32_t op, CTTensor a, int64_t axis, CTTensor *out) noexcept {
  return giving(out, [&]() -> Tensor {
    switch (op) {
      case CT_SOFTMAX: return at::softmax(tensor(a), axis);
      case CT_LOG_SOFTMAX: return at::log_softmax(tensor(a), axis);
      case CT_ARGMAX: return at::argmax(tensor(a), axis);
      case CT_ARGMIN: return at::argmin(tensor(a), axis);
      case CT_CUMULATIVE_SUM: return at::cumsum(tensor(a), axis);
      default: TORCH_CHECK(false, "unknown function along an axis ", op);
    }
  });
}

CTErrorRef top_k(CTTensor a, int64_t k, int64_t axis, CTTensor *values,
                 CTTensor *indices) noexcept {
  return guard([&] {
    auto [greatest, places] = at::topk(tensor(a), k, axis, /*largest=*/true, /*sorted=*/true);
    give(greatest, values);
    give(places, indices);
  });
}

}  // namespace

void enter_reductions(CTBackend &table) {
  table.reduce = reduce;
  table.along = along;
  table.top_k = top_k;
}

}  // namespace lasagne
