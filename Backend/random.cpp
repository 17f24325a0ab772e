#include "capture.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Generator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randperm.h>

#include <mutex>

namespace lasagne {

at::Generator &generator(CTGenerator handle) { return *static_cast<at::Generator *>(handle.impl); }

namespace {

CTErrorRef generator_new(uint64_t seed, CTDevice code, CTGenerator *out) noexcept {
  return guard([&] {
    check_repeatable("a generator is made");
    at::Generator made = code.kind == CT_CPU
                             ? at::detail::createCPUGenerator(seed)
                             : at::detail::getCUDAHooks().getNewGenerator(device(code).index());
    made.set_current_seed(seed);
    out->impl = new at::Generator(std::move(made));
  });
}

void generator_free(CTGenerator handle) noexcept {
  delete static_cast<at::Generator *>(handle.impl);
}

CTErrorRef generator_restart(CTGenerator handle, uint64_t seed) noexcept {
  return guard([&] { generator(handle).set_current_seed(seed); });
}

CTErrorRef generator_state(CTGenerator handle, CTTensor *out) noexcept {
  return giving(out, [&] { return generator(handle).get_state(); });
}

CTErrorRef generator_set_state(CTGenerator handle, CTTensor state) noexcept {
  return guard([&] { generator(handle).set_state(tensor(state)); });
}

CTErrorRef random(int32_t kind, const int64_t *shape, int64_t rank, double x, double y,
                  CTGenerator handle, int32_t data_type, CTDevice place, CTTensor *out) noexcept {
  return giving(out, [&] {
    at::Generator &source = generator(handle);
    // Drawn where the generator is, so that the numbers depend on it alone.
    const auto drawn = at::TensorOptions(scalar_type(data_type)).device(source.device());
    Tensor result = at::empty(list(shape, rank), drawn);
    switch (kind) {
      case CT_UNIFORM: result.uniform_(x, y, source); break;
      case CT_NORMAL: result.normal_(x, y, source); break;
      case CT_BERNOULLI: result.bernoulli_(x, source); break;
      default: TORCH_CHECK(false, "unknown distribution ", kind);
    }
    return result.to(device(place));
  });
}

CTErrorRef permutation(int64_t count, CTGenerator handle, CTDevice place,
                       CTTensor *out) noexcept {
  return giving(out, [&] {
    return at::randperm(count, generator(handle), options(CT_INT64, place));
  });
}

}  // namespace

void enter_random(CTBackend &table) {
  table.generator_new = generator_new;
  table.generator_free = generator_free;
  table.generator_restart = generator_restart;
  table.generator_state = generator_state;
  table.generator_set_state = generator_set_state;
  table.random = random;
  table.permutation = permutation;
}

}  // namespace lasagne
