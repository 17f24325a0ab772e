#include "functions.hpp"
#include "guard.hpp"

#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/clamp_max.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/clone.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/div.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/floor.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/le.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log1p.h>
#include <ATen/ops/logical_not.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/rsub.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/t.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/where.h>

#include <cmath>

namespace lasagne {
namespace {

Tensor clamped(const Tensor &a, double least, double greatest) {
  const auto bound = [&](double number) -> std::optional<at::Scalar> {
    if (std::isnan(number)) return std::nullopt;
    return number_for(a, number);
  };
  return at::clamp(a, bound(least), bound(greatest));
}

Tensor matrix_transposed(const Tensor &a) {
  TORCH_CHECK(a.dim() == 2, "only a matrix can be transposed; use permuted for ", a.dim(),
              " axes");
  return at::t(a);
}

Tensor apply(int32_t op, const Tensor &a, double x, double y) {
  switch (op) {
    case CT_NEGATIVE: return at::neg(a);
    case CT_SQUARED: return at::square(a);
    case CT_SQUARE_ROOT: return at::sqrt(a);
    case CT_RECIPROCAL_SQUARE_ROOT: return at::rsqrt(a);
    case CT_EXPONENTIAL: return at::exp(a);
    case CT_LOG: return at::log(a);
    case CT_LOG1P: return at::log1p(a);
    case CT_ABSOLUTE: return at::abs(a);
    case CT_SIGN: return at::sign(a);
    case CT_RECIPROCAL: return at::reciprocal(a);
    case CT_FLOOR: return at::floor(a);
    case CT_SIGMOID: return at::sigmoid(a);
    case CT_TANH: return at::tanh(a);
    case CT_RELU: return at::relu(a);
    case CT_SOFTPLUS: return at::softplus(a);
    case CT_GELU: return at::gelu(a);
    case CT_SILU: return at::silu(a);
    case CT_IS_FINITE: return at::isfinite(a);
    case CT_SINE: return at::sin(a);
    case CT_COSINE: return at::cos(a);
    case CT_NOT: return at::logical_not(a);
    case CT_POWER: return at::pow(a, number_for(a, x));
    case CT_LEAKY_RELU: return at::leaky_relu(a, x);
    case CT_RECTIFIED: return rectified(a, x);
    case CT_GRADIENT_CLIPPED: return gradient_clipped(a, x);
    case CT_ELU: return at::elu(a, x);
    case CT_CLAMP: return clamped(a, x, y);
    case CT_DETACHED: return a.detach();
    case CT_CONTIGUOUS: return a.contiguous();
    case CT_COPY: return at::clone(a, at::MemoryFormat::Contiguous);
    case CT_TRANSPOSED: return matrix_transposed(a);
    default: TORCH_CHECK(false, "unknown function ", op);
  }
}

Tensor apply(int32_t op, const Tensor &a, const Tensor &b) {
  switch (op) {
    case CT_ADD: return at::add(a, b);
    case CT_SUBTRACT: return at::sub(a, b);
    case CT_MULTIPLY: return at::mul(a, b);
    case CT_DIVIDE: return at::div(a, b);
    case CT_MAXIMUM: return at::maximum(a, b);
    case CT_MINIMUM: return at::minimum(a, b);
    case CT_EQUAL: return at::eq(a, b);
    case CT_LESS: return at::lt(a, b);
    case CT_LESS_OR_EQUAL: return at::le(a, b);
    case CT_GREATER: return at::gt(a, b);
    case CT_GREATER_OR_EQUAL: return at::ge(a, b);
    case CT_MATMUL: return at::matmul(a, b);
    case CT_EMBEDDING: return at::embedding(a, b);
    case CT_CROSS_ENTROPY:
      return at::cross_entropy_loss(a, b, std::nullopt, at::Reduction::None);
    case CT_ROWS: return at::index_select(a, 0, b);
    default: TORCH_CHECK(false, "unknown function of two tensors ", op);
  }
}

Tensor apply(int32_t op, const Tensor &a, double number) {
  const at::Scalar b = number_for(a, number);
  switch (op) {
    case CT_ADD: return at::add(a, b);
    case CT_SUBTRACT: return at::sub(a, b);
    case CT_MULTIPLY: return at::mul(a, b);
    case CT_DIVIDE: return at::div(a, b);
    case CT_MAXIMUM: return at::clamp_min(a, b);
    case CT_MINIMUM: return at::clamp_max(a, b);
    case CT_EQUAL: return at::eq(a, b);
    case CT_LESS: return at::lt(a, b);
    case CT_LESS_OR_EQUAL: return at::le(a, b);
    case CT_GREATER: return at::gt(a, b);
    case CT_GREATER_OR_EQUAL: return at::ge(a, b);
    case CT_SUBTRACT_FROM: return at::rsub(a, b);
    case CT_DIVIDE_INTO: return at::mul(at::reciprocal(a), at::Scalar(number));
    default: TORCH_CHECK(false, "unknown function of a tensor and a number ", op);
  }
}

CTErrorRef unary(int32_t op, CTTensor a, double x, double y, CTTensor *out) noexcept {
  return giving(out, [&] { return apply(op, tensor(a), x, y); });
}

CTErrorRef binary(int32_t op, CTTensor a, CTTensor b, CTTensor *out) noexcept {
  return giving(out, [&] { return apply(op, tensor(a), tensor(b)); });
}

CTErrorRef binary_number(int32_t op, CTTensor a, double b, CTTensor *out) noexcept {
  return giving(out, [&] { return apply(op, tensor(a), b); });
}

CTErrorRef where(CTTensor condition, CTTensor a, CTTensor b, CTTensor *out) noexcept {
  return giving(out, [&] { return at::where(tensor(condition), tensor(a), tensor(b)); });
}

CTErrorRef in_place(int32_t op, CTTensor handle, CTTensor a, CTTensor b, double scale) noexcept {
  return guard([&] {
    Tensor target = tensor(handle);
    const at::Scalar number = number_for(target, scale);
    switch (op) {
      case CT_ASSIGN: target.copy_(tensor(a)); break;
      case CT_ADD_SCALED: target.add_(tensor(a), number); break;
      case CT_MULTIPLY_TENSOR: target.mul_(tensor(a)); break;
      case CT_MULTIPLY_NUMBER: target.mul_(number); break;
      case CT_FILL: target.fill_(number); break;
      case CT_ADD_PRODUCT: target.addcmul_(tensor(a), tensor(b), number); break;
      case CT_ADD_QUOTIENT: target.addcdiv_(tensor(a), tensor(b), number); break;
      case CT_MAXIMUM_IN_PLACE: at::maximum_out(target, target, tensor(a)); break;
      case CT_KEEP_WHERE: at::where_out(target, tensor(a), target, tensor(b)); break;
      default: TORCH_CHECK(false, "unknown change in place ", op);
    }
  });
}

}  // namespace

void enter_arithmetic(CTBackend &table) {
  table.unary = unary;
  table.binary = binary;
  table.binary_number = binary_number;
  table.where = where;
  table.in_place = in_place;
}

}  // namespace lasagne
