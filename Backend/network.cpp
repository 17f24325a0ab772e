#include "guard.hpp"

#include <ATen/ops/addcmul.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool3d.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>

namespace lasagne {
namespace {

CTErrorRef addmm(CTTensor bias, CTTensor a, CTTensor b, CTTensor *out) noexcept {
  return giving(out, [&] { return at::addmm(tensor(bias), tensor(a), tensor(b)); });
}

CTErrorRef convolution(CTTensor a, CTTensor weight, CTTensor bias, const CTConvolution *settings,
                       CTTensor *out) noexcept {
  return giving(out, [&] {
    const CTConvolution &s = *settings;
    return at::convolution(tensor(a), tensor(weight), optional_tensor(bias),
                           list(s.stride, s.axes), list(s.padding, s.axes),
                           list(s.dilation, s.axes), s.transposed,
                           list(s.output_padding, s.axes), s.groups);
  });
}

Tensor greatest_pooled(const Tensor &a, const CTPooling &s) {
  const auto size = list(s.size, s.axes);
  const auto stride = list(s.stride, s.axes);
  const auto padding = list(s.padding, s.axes);
  switch (s.axes) {
    case 1: return at::max_pool1d(a, size, stride, padding, 1, s.ceil_mode);
    case 2: return at::max_pool2d(a, size, stride, padding, 1, s.ceil_mode);
    default: return at::max_pool3d(a, size, stride, padding, 1, s.ceil_mode);
  }
}

Tensor average_pooled(const Tensor &a, const CTPooling &s) {
  const auto size = list(s.size, s.axes);
  const auto stride = list(s.stride, s.axes);
  const auto padding = list(s.padding, s.axes);
  switch (s.axes) {
    case 1: return at::avg_pool1d(a, size, stride, padding, s.ceil_mode, s.counts_padding);
    case 2: return at::avg_pool2d(a, size, stride, padding, s.ceil_mode, s.counts_padding);
    default: return at::avg_pool3d(a, size, stride, padding, s.ceil_mode, s.counts_padding);
  }
}

CTErrorRef pool(CTTensor a, const CTPooling *settings, CTTensor *out) noexcept {
  return giving(out, [&] {
    return settings->takes_average ? average_pooled(tensor(a), *settings)
                                   : greatest_pooled(tensor(a), *settings);
  });
}

/// A vector as a tensor that broadcasts along axis 1 of another.
Tensor along_channels(const Tensor &vector, const Tensor &a) {
  if (vector.dim() != 1) return vector;
  TORCH_CHECK(a.dim() >= 2, "there is no axis 1 to normalize along");
  std::vector<int64_t> shape(a.dim(), 1);
  shape[1] = vector.size(0);
  return vector.reshape(shape);
}

CTErrorRef batch_normalized(CTTensor handle, CTTensor mean, CTTensor inverse_deviation,
                            CTTensor scale, CTTensor shift, CTTensor *out) noexcept {
  return giving(out, [&] {
    const Tensor a = tensor(handle);
    // One multiply-add over the elements; everything else is on vectors.
    Tensor factor = along_channels(tensor(inverse_deviation), a);
    if (scale.impl) factor = at::mul(factor, along_channels(tensor(scale), a));
    const Tensor offset = along_channels(tensor(mean), a);
    const Tensor constant =
        shift.impl ? at::addcmul(along_channels(tensor(shift), a), offset, factor, -1)
                   : at::neg(at::mul(offset, factor));
    return at::addcmul(constant, a, factor);
  });
}

CTErrorRef svd(CTTensor a, CTTensor *u, CTTensor *s, CTTensor *vt) noexcept {
  return guard([&] {
    auto [left, values, right] = at::linalg_svd(tensor(a), /*full_matrices=*/false);
    give(left, u);
    give(values, s);
    give(right, vt);
  });
}

}  // namespace

void enter_networks(CTBackend &table) {
  table.addmm = addmm;
  table.convolution = convolution;
  table.pool = pool;
  table.batch_normalized = batch_normalized;
  table.svd = svd;
}

}  // namespace lasagne
