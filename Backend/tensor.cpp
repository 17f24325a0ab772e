#include "guard.hpp"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>

#include <atomic>
#include <cstring>
#include <memory>

namespace lasagne {
namespace {

std::atomic<int64_t> live{0};
thread_local int64_t live_here = 0;

void count(int64_t change) {
  live.fetch_add(change, std::memory_order_relaxed);
  live_here += change;
}

}  // namespace

void give(Tensor result, CTTensor *out) {
  TORCH_CHECK(result.defined(), "the result is not a tensor");
  out->impl = result.unsafeReleaseTensorImpl();
  count(1);
}

at::Scalar number_for(const Tensor &tensor, double number) {
  const bool is_whole = number == static_cast<double>(static_cast<int64_t>(number));
  // Comparing first keeps the cast above within the range of integers that doubles hold exactly.
  const bool is_small = number > -9e15 && number < 9e15;
  if (is_small && is_whole && at::isIntegralType(tensor.scalar_type(), /*includeBool=*/false)) {
    return at::Scalar(static_cast<int64_t>(number));
  }
  return at::Scalar(number);
}

Tensor as_floating(const Tensor &tensor) {
  return tensor.is_floating_point() ? tensor : tensor.to(at::kFloat);
}

namespace {

void tensor_free(CTTensor handle) noexcept {
  if (!handle.impl) return;
  c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim(
      static_cast<at::TensorImpl *>(handle.impl));
  count(-1);
}

CTErrorRef from_data(const void *data, int32_t data_type, const int64_t *shape, int64_t rank,
                     CTDevice place, CTTensor *out) noexcept {
  return giving(out, [&] {
    check_repeatable("numbers of the host become a tensor");
    const CTDevice host{CT_CPU, 0};
    Tensor result = at::empty(list(shape, rank), options(data_type, host));
    if (result.nbytes() > 0) std::memcpy(result.mutable_data_ptr(), data, result.nbytes());
    return place.kind == CT_CPU ? result : result.to(device(place));
  });
}

CTErrorRef over_data(const void *data, int32_t data_type, const int64_t *shape, int64_t rank,
                     void *owner, void (*release)(void *owner), CTTensor *out) noexcept {
  return giving(out, [&] {
    const std::shared_ptr<void> kept(owner, release);
    check_repeatable("memory of the host becomes a tensor");
    // libtorch knows no memory that is only read.
    return at::from_blob(const_cast<void *>(data), list(shape, rank), [kept](void *) {},
                         options(data_type, CTDevice{CT_CPU, 0}));
  });
}

CTErrorRef full(const int64_t *shape, int64_t rank, double value, int32_t data_type,
                CTDevice place, CTTensor *out) noexcept {
  return giving(out, [&] {
    return at::full(list(shape, rank), at::Scalar(value), options(data_type, place));
  });
}

CTErrorRef arange(int64_t end, int32_t data_type, CTDevice place, CTTensor *out) noexcept {
  return giving(out, [&] { return at::arange(end, options(data_type, place)); });
}

CTErrorRef eye(int64_t count, int32_t data_type, CTDevice place, CTTensor *out) noexcept {
  return giving(out, [&] { return at::eye(count, options(data_type, place)); });
}

CTErrorRef join(const CTTensor *handles, int64_t count, int64_t axis, bool on_new_axis,
                CTTensor *out) noexcept {
  return giving(out, [&] {
    std::vector<Tensor> tensors;
    for (int64_t index = 0; index < count; ++index) tensors.push_back(tensor(handles[index]));
    return on_new_axis ? at::stack(tensors, axis) : at::cat(tensors, axis);
  });
}

void info(CTTensor handle, CTTensorInfo *out) noexcept {
  const auto *impl = static_cast<const at::TensorImpl *>(handle.impl);
  const at::Device place = impl->device();
  out->shape = impl->sizes().data();
  out->rank = impl->dim();
  out->count = impl->numel();
  out->data_type = data_type_code(c10::typeMetaToScalarType(impl->dtype()));
  out->device = {place.is_cuda() ? CT_CUDA : CT_CPU, place.has_index() ? place.index() : 0};
  out->requires_gradient = impl->requires_grad();
  out->is_leaf = !out->requires_gradient || tensor(handle).is_leaf();
}

CTErrorRef copy_out(CTTensor handle, void *data, int64_t byte_count) noexcept {
  return guard([&] {
    check_repeatable("a tensor is read");
    const Tensor host = tensor(handle).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(static_cast<int64_t>(host.nbytes()) == byte_count, "there are ", host.nbytes(),
                " bytes, expected ", byte_count);
    std::memcpy(data, host.const_data_ptr(), host.nbytes());
  });
}

CTErrorRef item(CTTensor handle, double *out) noexcept {
  return guard([&] {
    check_repeatable("a number is read");
    *out = tensor(handle).item().toDouble();
  });
}

}  // namespace

void enter_tensors(CTBackend &table) {
  table.tensor_free = tensor_free;
  table.live_tensors = []() noexcept { return live.load(std::memory_order_relaxed); };
  table.live_tensors_on_thread = []() noexcept { return live_here; };
  table.from_data = from_data;
  table.over_data = over_data;
  table.full = full;
  table.arange = arange;
  table.eye = eye;
  table.join = join;
  table.info = info;
  table.copy_out = copy_out;
  table.item = item;
}

}  // namespace lasagne
