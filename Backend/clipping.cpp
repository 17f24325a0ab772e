#include "functions.hpp"

#include <ATen/ops/alias.h>
#include <ATen/ops/clamp.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lasagne {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct GradientClip : torch::autograd::Function<GradientClip> {
  static Tensor forward(AutogradContext *context, const Tensor &x, double bound) {
    context->saved_data["bound"] = bound;
    return at::alias(x);
  }

  static variable_list backward(AutogradContext *context, variable_list cotangents) {
    const double bound = context->saved_data["bound"].toDouble();
    return {at::clamp(cotangents[0], -bound, bound), Tensor()};
  }
};

}  // namespace

Tensor gradient_clipped(const Tensor &x, double bound) { return GradientClip::apply(x, bound); }

}  // namespace lasagne
