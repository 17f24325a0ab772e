#pragma once

#include "guard.hpp"
#include "kernels.hpp"
#include "team.hpp"

#include <ATen/core/Generator.h>

#include <vector>

namespace lasagne {

/// Random numbers as libtorch's generator of the CPU makes them, many at a time.
class Twister {
 public:
  void seed(uint64_t seed);
  /// 1 with a probability, else 0.
  void choose(double probability, float *out, int64_t count);

 private:
  uint32_t state[624], numbers[624];
  int64_t used = 624;
};

/// A training step over memory that stays where it is: nothing is allocated while it runs, and
/// autograd has no part in it.
class Plan {
 public:
  Plan(const CTPlanBuffer *buffers, int64_t buffer_count, const CTPlanOperation *operations,
       int64_t operation_count, int64_t row_count, int64_t memory_count,
       int64_t thread_memory_count);

  void set_updated(const CTUpdatedTensor *tensors, int64_t count);
  /// Loss and gradients, and the update where the step says so and both are finite.
  void run(const CTPlanStep &step, CTPlanResult &result);
  void update(const CTPlanStep &step);
  Tensor tensor_of(int32_t buffer, at::IntArrayRef shape) const;

 private:
  void take_targets(const CTPlanStep &step);
  /// Where the buffers lie: for one operation of the whole batch, or of one thread's share.
  using Places = float *const *;
  void carry_out(const CTPlanOperation &operation, Places places, const CTPlanStep &step,
                 CTPlanResult &result);
  /// Carries out what stands at this position; returns how many operations that were.
  size_t carry_out_at(size_t position, const CTPlanStep &step, CTPlanResult &result);
  size_t carry_out_shares(size_t position, const CTPlanStep &step);
  void carry_out_share(size_t position, int64_t share, const CTPlanStep &step);
  void check_shares(size_t position) const;
  void find_draws();
  void seed(uint64_t seed);
  void choose(const CTPlanOperation &operation, float *out);
  /// The sum of the squares of all gradients, finite only if each of them is.
  double squares_of_gradients();
  void update_averages();
  /// A product that gives the gradient of a parameter which only the update reads, and the parameter.
  struct Fused {
    size_t operation;
    Updated numbers;
  };
  /// Notes the product that gives the gradient of a parameter, where only the update reads that.
  bool fuse(int32_t gradient, const Updated &numbers);
  /// Whether the products for gradients can be left to the update.
  bool fuses(const CTPlanStep &step) const;
  /// The update where these products are still to be made, tile by tile, none of them written to
  /// memory; false, and nothing changed, where not all gradients are finite
  /// for certain.
  bool update_with_products(const CTPlanStep &step);
  void update_with(const Fused &product, const CTPlanStep &step);
  /// Each part of a parameter is one thread's, where there are many numbers.
  template <class Body>
  void share_updated(Body body);
  bool carry_out_images(const CTPlanOperation &operation, Places places);
  bool carry_out_normalization(const CTPlanOperation &operation, Places places);
  bool carry_out_cells(const CTPlanOperation &operation, Places places);
  bool carry_out_sequences(const CTPlanOperation &operation, Places places);
  static float *at(const CTPlanOperation &operation, Places places, int position) {
    const int32_t buffer = operation.buffers[position];
    return buffer < 0 ? nullptr : places[buffer];
  }

  std::vector<CTPlanOperation> operations, late;
  std::vector<float *> addresses;
  std::vector<CTPlanBuffer> buffers;
  /// What the addresses point into.
  std::vector<Tensor> kept;
  Tensor memory;
  int64_t rows;
  /// What a thread needs for its share, in floats.
  int64_t thread_memory;
  std::vector<int64_t> labels;
  bool has_labels = false;
  Twister twister;
  at::Generator generator;
  /// Whether an operation draws random numbers.
  bool draws = false;
  /// Whether libtorch does.
  bool library_draws = false;
  /// The parameters, large ones in parts.
  std::vector<UpdatedTensor> updated;
  int64_t updated_numbers = 0;
  std::vector<Fused> fused;
  std::vector<bool> is_fused, is_part_fused;
  /// The sum of the squares of the gradient of each part.
  std::vector<double> part_squares;
  std::vector<Tensor> updated_kept;
  /// Of the last step.
  double gradient_squares = 0;
};

/// The address of a float32 tensor in host memory without gaps.
float *address_of(const Tensor &tensor, int64_t count);

/// The activation whose code is the size at this position.
Activation activation(const CTPlanOperation &operation, int position);

/// a · b with the fastest product at hand: our own, or the library's on processors it is made for.
void matrix_product(const CTPlanOperation &operation, const float *a, const float *b, float *c);

/// Whole numbers as floats; false where the samples are something else.
bool gather_whole_numbers(const Tensor &data, const int64_t *indices, int64_t rows, int64_t width,
                          float *out);

/// Rows in parts, one for each thread, where there are so many numbers that it is worth it.
template <class Body>
void share_rows(int64_t rows, int64_t numbers, Body body) {
  share_range(rows, numbers < 1 << 16 ? rows : 1, body);
}

}  // namespace lasagne
