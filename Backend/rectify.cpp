#include "functions.hpp"
#include "team.hpp"

#include <ATen/ops/addcmul.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sign.h>
#include <torch/csrc/autograd/custom_function.h>

// Rectifiers whose derivative at exactly 0 is the mean of the two sides, as Theano's is; libtorch's
// own take the slope of the negative side there. With bias 0 and padding, exact zeros are common.

namespace lasagne {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool has_layout_of(const Tensor &a, const Tensor &b) {
  return a.is_non_overlapping_and_dense() && a.strides() == b.strides();
}

/// One pass over memory, where libtorch's operations would take three.
Tensor gradient_in_one_pass(const Tensor &cotangent, const Tensor &x, float slope) {
  Tensor result = at::empty_like(cotangent);
  const float *c = cotangent.const_data_ptr<float>();
  const float *value = x.const_data_ptr<float>();
  float *out = result.mutable_data_ptr<float>();
  const float middle = (1 + slope) / 2;
  share_range(x.numel(), 32768, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float below = value[i] < 0 ? slope : middle;
      out[i] = c[i] * (value[i] > 0 ? 1.0f : below);
    }
  });
  return result;
}

struct Rectify : torch::autograd::Function<Rectify> {
  static Tensor forward(AutogradContext *context, const Tensor &x, double slope) {
    context->save_for_backward({x});
    context->saved_data["slope"] = slope;
    return slope == 0 ? at::relu(x) : at::leaky_relu(x, slope);
  }

  static variable_list backward(AutogradContext *context, variable_list cotangents) {
    const Tensor x = context->get_saved_variables()[0];
    const double slope = context->saved_data["slope"].toDouble();
    const Tensor &c = cotangents[0];
    if (!at::GradMode::is_enabled() && x.is_cpu() && x.scalar_type() == at::kFloat &&
        c.scalar_type() == at::kFloat && has_layout_of(x, c)) {
      return {gradient_in_one_pass(c, x, static_cast<float>(slope)), Tensor()};
    }
    const Tensor mean = at::mul(c, (1 + slope) / 2);
    return {at::addcmul(mean, c, at::sign(x.detach()), (1 - slope) / 2), Tensor()};
  }
};

}  // namespace

Tensor rectified(const Tensor &x, double slope) { return Rectify::apply(x, slope); }

}  // namespace lasagne
