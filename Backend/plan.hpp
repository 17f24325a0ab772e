#pragma once

#include "guard.hpp"
#include "kernels.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>

#include <vector>

namespace lasagne {

/// A training step over memory that stays where it is: nothing is allocated while it runs, and
/// autograd has no part in it.
class Plan {
 public:
  Plan(const CTPlanBuffer *buffers, int64_t buffer_count, const CTPlanOperation *operations,
       int64_t operation_count, int64_t row_count, int64_t memory_count);

  void set_updated(const CTUpdatedTensor *tensors, int64_t count);
  /// Loss and gradients, and the update where the step says so and both are finite.
  void run(const CTPlanStep &step, CTPlanResult &result);
  void update(const CTPlanStep &step);
  Tensor tensor_of(int32_t buffer, at::IntArrayRef shape) const;

 private:
  void take_targets(const CTPlanStep &step);
  void carry_out(const CTPlanOperation &operation, const CTPlanStep &step, CTPlanResult &result);
  /// The sum of the squares of all gradients, finite only if each of them is.
  double squares_of_gradients();
  /// Each part of a parameter is one thread's, where there are many numbers.
  template <class Body>
  void share_updated(Body body);
  bool carry_out_images(const CTPlanOperation &operation);
  bool carry_out_cells(const CTPlanOperation &operation);
  bool carry_out_sequences(const CTPlanOperation &operation);
  float *at(const CTPlanOperation &operation, int position) const {
    const int32_t buffer = operation.buffers[position];
    return buffer < 0 ? nullptr : addresses[static_cast<size_t>(buffer)];
  }

  std::vector<CTPlanOperation> operations, late;
  std::vector<float *> addresses;
  std::vector<int64_t> counts;
  /// What the addresses point into.
  std::vector<Tensor> kept;
  Tensor memory;
  int64_t rows;
  std::vector<int64_t> labels;
  bool has_labels = false;
  at::Generator generator;
  /// Whether an operation draws random numbers.
  bool draws = false;
  /// The parameters, large ones in parts.
  std::vector<UpdatedTensor> updated;
  int64_t updated_numbers = 0;
  /// The sum of the squares of the gradient of each part.
  std::vector<double> part_squares;
  std::vector<Tensor> updated_kept;
  /// Of the last step.
  double gradient_squares = 0;
};

/// The address of a float32 tensor in host memory without gaps.
float *address_of(const Tensor &tensor, int64_t count);

/// a · b with the fastest product at hand: our own, or the library's on processors it is made for.
void matrix_product(const CTPlanOperation &operation, const float *a, const float *b, float *c);

/// Whole numbers as floats; false where the samples are something else.
bool gather_whole_numbers(const Tensor &data, const int64_t *indices, int64_t rows, int64_t width,
                          float *out);

/// Rows in parts, one for each thread, where there are so many numbers that it is worth it.
template <class Body>
void share_rows(int64_t rows, int64_t numbers, Body body) {
  if (numbers < 1 << 16 || at::get_num_threads() == 1) {
    body(0, rows);
  } else {
    at::parallel_for(0, rows, 1, body);
  }
}

}  // namespace lasagne
