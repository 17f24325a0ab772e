#include "plan.hpp"
#include "rounding.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cmath>

namespace lasagne {

float *address_of(const Tensor &tensor, int64_t count) {
  TORCH_CHECK(tensor.defined() && tensor.is_cpu() && tensor.scalar_type() == at::kFloat &&
                  tensor.is_contiguous() && tensor.numel() == count,
              "a plan needs a float32 tensor of ", count, " numbers in host memory");
  return static_cast<float *>(tensor.data_ptr());
}

Plan::Plan(const CTPlanBuffer *all, int64_t buffer_count, const CTPlanOperation *list,
           int64_t operation_count, int64_t row_count, int64_t memory_count,
           int64_t thread_memory_count)
    : buffers(all, all + buffer_count),
      rows(row_count),
      thread_memory(thread_memory_count) {
  memory = at::empty({memory_count}, at::TensorOptions(at::kFloat));
  float *base = memory.data_ptr<float>();
  for (const CTPlanBuffer &buffer : buffers) {
    const bool is_of_thread =
        buffer.extent == CT_PLAN_OF_SHARE || buffer.extent == CT_PLAN_OF_BLOCK;
    if (is_of_thread) {
      TORCH_CHECK(buffer.offset >= 0 && buffer.offset + buffer.count <= thread_memory,
                  "a buffer lies outside the memory of the plan's threads");
      addresses.push_back(nullptr);
    } else if (buffer.tensor.impl) {
      kept.push_back(tensor(buffer.tensor));
      addresses.push_back(address_of(kept.back(), buffer.count));
    } else {
      TORCH_CHECK(buffer.offset >= 0 && buffer.offset + buffer.count <= memory_count,
                  "a buffer lies outside the plan's memory");
      addresses.push_back(base + buffer.offset);
    }
  }
  for (int64_t i = 0; i < operation_count; ++i) {
    for (const int32_t buffer : list[i].buffers) {
      TORCH_CHECK(buffer >= -1 && buffer < buffer_count, "a plan has no buffer ", buffer);
    }
    (list[i].code == CT_PLAN_AVERAGE ? late : operations).push_back(list[i]);
  }
  find_draws();
  for (size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].code == CT_PLAN_SHARES) check_shares(i);
  }
}

void Plan::take_targets(const CTPlanStep &step) {
  const Tensor targets = tensor(step.targets);
  const Tensor inputs = tensor(step.inputs);
  TORCH_CHECK(inputs.dim() > 0 && targets.dim() > 0 && inputs.size(0) == targets.size(0),
              "there must be a target for each sample");
  const int64_t count = inputs.size(0);
  if (step.indices) {
    for (int64_t i = 0; i < rows; ++i) {
      TORCH_CHECK(step.indices[i] >= 0 && step.indices[i] < count, "there is no sample ",
                  step.indices[i], ", only ", count);
    }
  } else {
    TORCH_CHECK(count >= rows, "there are ", count, " samples, the plan takes ", rows);
  }
  has_labels = targets.scalar_type() == at::kLong;
  if (!has_labels) return;
  TORCH_CHECK(targets.is_cpu() && targets.is_contiguous() && count > 0,
              "class numbers must lie in host memory");
  // One a sample, or one for each of its steps.
  const int64_t steps = targets.numel() / count;
  labels.resize(static_cast<size_t>(rows * steps));
  const int64_t *all = targets.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t sample = step.indices ? step.indices[i] : i;
    std::copy_n(all + sample * steps, steps, labels.begin() + i * steps);
  }
}

void Plan::run(const CTPlanStep &step, CTPlanResult &result) {
  const WithoutDenormals rounding;
  result = {};
  take_targets(step);
  seed(step.seed);
  const bool has_products_left = fuses(step);
  for (size_t i = 0; i < operations.size();) {
    i += has_products_left && is_fused[i] ? 1 : carry_out_at(i, step, result);
  }
  if (!std::isfinite(result.loss) || !std::isfinite(result.penalty)) return;
  if (has_products_left) {
    if (update_with_products(step)) {
      result.gradient_squares = gradient_squares;
      return;
    }
    for (const Fused &product : fused) carry_out_at(product.operation, step, result);
  }
  gradient_squares = result.gradient_squares = squares_of_gradients();
  if (step.updates && std::isfinite(gradient_squares)) update(step);
}

size_t Plan::carry_out_at(size_t position, const CTPlanStep &step, CTPlanResult &result) {
  if (operations[position].code == CT_PLAN_SHARES) return carry_out_shares(position, step);
  carry_out(operations[position], addresses.data(), step, result);
  return 1;
}

Tensor Plan::tensor_of(int32_t buffer, at::IntArrayRef shape) const {
  TORCH_CHECK(buffer >= 0 && buffer < static_cast<int32_t>(addresses.size()),
              "a plan has no buffer ", buffer);
  const auto index = static_cast<size_t>(buffer);
  TORCH_CHECK(c10::multiply_integers(shape) == buffers[index].count, "the buffer has ",
              buffers[index].count, " numbers");
  TORCH_CHECK(addresses[index], "the buffer is a thread's");
  // The tensor keeps the memory, not the plan.
  std::vector<Tensor> owners = kept;
  owners.push_back(memory);
  return at::from_blob(addresses[index], shape, [owners](void *) {},
                       at::TensorOptions(at::kFloat));
}

namespace {

Plan &plan(CTPlan handle) { return *static_cast<Plan *>(handle.impl); }

CTErrorRef plan_new(const CTPlanBuffer *buffers, int64_t buffer_count,
                    const CTPlanOperation *operations, int64_t operation_count, int64_t row_count,
                    int64_t memory_count, int64_t thread_memory_count, CTPlan *out) noexcept {
  return guard([&] {
    out->impl = new Plan(buffers, buffer_count, operations, operation_count, row_count, memory_count,
                         thread_memory_count);
  });
}

void plan_free(CTPlan handle) noexcept { delete static_cast<Plan *>(handle.impl); }

CTErrorRef plan_set_updated(CTPlan handle, const CTUpdatedTensor *tensors, int64_t count) noexcept {
  return guard([&] { plan(handle).set_updated(tensors, count); });
}

CTErrorRef plan_run(CTPlan handle, const CTPlanStep *step, CTPlanResult *out) noexcept {
  return guard([&] { plan(handle).run(*step, *out); });
}

CTErrorRef plan_update(CTPlan handle, const CTPlanStep *step) noexcept {
  return guard([&] { plan(handle).update(*step); });
}

CTErrorRef plan_buffer(CTPlan handle, int32_t buffer, const int64_t *shape, int64_t rank,
                       CTTensor *out) noexcept {
  return giving(out, [&] { return plan(handle).tensor_of(buffer, list(shape, rank)); });
}

}  // namespace

void enter_plans(CTBackend &table) {
  table.plan_new = plan_new;
  table.plan_free = plan_free;
  table.plan_set_updated = plan_set_updated;
  table.plan_run = plan_run;
  table.plan_update = plan_update;
  table.plan_buffer = plan_buffer;
  table.plan_capability = []() noexcept { return kernels().name; };
}

}  // namespace lasagne
