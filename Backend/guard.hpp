#pragma once

#include "../Sources/CTorch/include/ctorch.h"

#include <ATen/core/Tensor.h>

#include <string>

/// Why a call failed; Swift sees only a pointer to it.
struct CTError {
  std::string message;
};

namespace lasagne {

using at::Tensor;

/// Runs a body; any exception becomes an error for the caller.
template <class Body>
CTErrorRef guard(Body &&body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const c10::Error &error) {
    // `what()` would carry a C++ backtrace.
    return new CTError{error.what_without_backtrace()};
  } catch (const std::exception &error) {
    return new CTError{error.what()};
  } catch (...) {
    return new CTError{"unknown C++ exception"};
  }
}

/// The tensor behind a borrowed handle; undefined for "none".
inline Tensor tensor(CTTensor handle) {
  if (!handle.impl) return Tensor();
  return Tensor(c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>::reclaim_copy(
      static_cast<at::TensorImpl *>(handle.impl)));
}

/// The same for arguments that may be left out.
inline std::optional<Tensor> optional_tensor(CTTensor handle) {
  if (!handle.impl) return std::nullopt;
  return tensor(handle);
}

/// Hands a tensor to the caller, who owns it from now on.
void give(Tensor result, CTTensor *out);

/// `give` of whatever a body computes.
template <class Body>
CTErrorRef giving(CTTensor *out, Body &&body) noexcept {
  return guard([&] { give(body(), out); });
}

inline at::IntArrayRef list(const int64_t *numbers, int64_t count) {
  return at::IntArrayRef(numbers, static_cast<size_t>(count));
}

at::ScalarType scalar_type(int32_t data_type);
int32_t data_type_code(at::ScalarType type);
at::Device device(CTDevice code);
at::TensorOptions options(int32_t data_type, CTDevice code);

/// The number as one of the tensor's own kind: a whole number leaves an integer tensor integer.
at::Scalar number_for(const Tensor &tensor, double number);

/// Integers as float32, for functions that only floats have.
Tensor as_floating(const Tensor &tensor);

/// Refuses what cannot be repeated without the host, while this thread makes a step that shall be.
void check_repeatable(const char *what);

/// Sets how exactly GPUs multiply, and says it in words.
void set_precision();
const char *precision() noexcept;

// Each topic enters its functions in the table.
void enter_tensors(CTBackend &table);
void enter_random(CTBackend &table);
void enter_arithmetic(CTBackend &table);
void enter_reductions(CTBackend &table);
void enter_shapes(CTBackend &table);
void enter_networks(CTBackend &table);
void enter_gradients(CTBackend &table);
void enter_devices(CTBackend &table);
void enter_plans(CTBackend &table);
void enter_captures(CTBackend &table);

}  // namespace lasagne
