#include "guard.hpp"

#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

namespace lasagne {
namespace {

CTErrorRef set_requires_gradient(CTTensor a, bool required) noexcept {
  return guard([&] { tensor(a).requires_grad_(required); });
}

CTErrorRef backward(CTTensor a, CTTensor cotangent) noexcept {
  return guard([&] { tensor(a).backward(tensor(cotangent)); });
}

CTErrorRef gradient(CTTensor a, CTTensor *out) noexcept {
  return guard([&] {
    const Tensor grad = tensor(a).grad();
    out->impl = nullptr;
    if (grad.defined()) give(grad, out);
  });
}

CTErrorRef clear_gradient(CTTensor a) noexcept {
  return guard([&] { tensor(a).mutable_grad().reset(); });
}

CTErrorRef gradients(CTTensor output, const CTTensor *handles, int64_t count, CTTensor cotangent,
                     bool create_graph, CTTensor *out) noexcept {
  return guard([&] {
    std::vector<Tensor> inputs;
    inputs.reserve(count);
    for (int64_t index = 0; index < count; ++index) inputs.push_back(tensor(handles[index]));
    std::vector<Tensor> cotangents;
    if (cotangent.impl) cotangents.push_back(tensor(cotangent));
    std::vector<Tensor> results =
        torch::autograd::grad({tensor(output)}, inputs, cotangents,
                              /*retain_graph=*/std::nullopt, create_graph, /*allow_unused=*/true);
    // Everything that can fail comes before the first tensor is handed out.
    for (int64_t index = 0; index < count; ++index) {
      if (!results[index].defined()) results[index] = at::zeros_like(inputs[index]);
    }
    for (int64_t index = 0; index < count; ++index) give(std::move(results[index]), &out[index]);
  });
}

bool set_recording(bool on) noexcept {
  const bool was_on = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(on);
  return was_on;
}

}  // namespace

void enter_gradients(CTBackend &table) {
  table.set_requires_gradient = set_requires_gradient;
  table.backward = backward;
  table.gradient = gradient;
  table.clear_gradient = clear_gradient;
  table.gradients = gradients;
  table.set_recording = set_recording;
}

}  // namespace lasagne
