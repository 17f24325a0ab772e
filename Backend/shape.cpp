#include "guard.hpp"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/flatten.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/permute.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/reshape.h>
#include <ATen/ops/select.h>
#include <ATen/ops/slice.h>
#include <ATen/ops/squeeze.h>
#include <ATen/ops/unsqueeze.h>

namespace lasagne {
namespace {

Tensor squeezed(const Tensor &a, int64_t axis) {
  TORCH_CHECK(a.size(axis) == 1, "axis ", axis, " has length ", a.size(axis), ", expected 1");
  return at::squeeze(a, axis);
}

Tensor rearranged(int32_t op, const Tensor &a, at::IntArrayRef numbers) {
  switch (op) {
    case CT_RESHAPE: return at::reshape(a, numbers);
    case CT_PERMUTE: return at::permute(a, numbers);
    case CT_EXPAND: return a.expand(numbers);
    case CT_FLATTEN: return at::flatten(a, numbers[0], -1);
    case CT_UNSQUEEZE: return at::unsqueeze(a, numbers[0]);
    case CT_SQUEEZE: return squeezed(a, numbers[0]);
    case CT_SLICE: return at::slice(a, numbers[0], numbers[1], numbers[2], numbers[3]);
    case CT_SELECT: return at::select(a, numbers[0], numbers[1]);
    case CT_FLIP: return at::flip(a, numbers);
    case CT_REPEAT: return at::repeat_interleave(a, numbers[1], numbers[0]);
    default: TORCH_CHECK(false, "unknown rearrangement ", op);
  }
}

CTErrorRef rearrange(int32_t op, CTTensor a, const int64_t *arguments, int64_t argument_count,
                     CTTensor *out) noexcept {
  return giving(out, [&] { return rearranged(op, tensor(a), list(arguments, argument_count)); });
}

CTErrorRef gather(CTTensor a, int64_t axis, CTTensor indices, CTTensor *out) noexcept {
  return giving(out, [&] { return at::gather(tensor(a), axis, tensor(indices)); });
}

CTErrorRef pad(CTTensor a, const int64_t *widths, int64_t width_count, double value,
               CTTensor *out) noexcept {
  return giving(out, [&] {
    const Tensor inner = tensor(a);
    return at::constant_pad_nd(inner, list(widths, width_count), number_for(inner, value));
  });
}

CTErrorRef convert(CTTensor a, int32_t data_type, CTTensor *out) noexcept {
  return giving(out, [&] { return tensor(a).to(scalar_type(data_type)); });
}

CTErrorRef move(CTTensor a, CTDevice place, CTTensor *out) noexcept {
  return giving(out, [&] {
    const Tensor moved = tensor(a);
    const at::Device target = device(place);
    if (moved.device() != target) check_repeatable("a tensor is brought to another device");
    return moved.to(target);
  });
}

}  // namespace

void enter_shapes(CTBackend &table) {
  table.rearrange = rearrange;
  table.gather = gather;
  table.pad = pad;
  table.convert = convert;
  table.move = move;
}

}  // namespace lasagne
