// The loops of kernels.hpp, compiled for one set of instructions: kernels_plain.cpp,
// kernels_avx2.cpp and kernels_avx512.cpp define LASAGNE_SET (a namespace), LASAGNE_LANES and
// LASAGNE_TILE_ROWS, turn the instructions on, and include this file. Nothing of the standard library
// is used inside, so that no function compiled for one processor can end up in use on another.

namespace lasagne {
namespace LASAGNE_SET {
namespace {

#include "kernels_vector.hpp"
#include "kernels_multiply.hpp"
#include "kernels_activation.hpp"
#include "kernels_loss.hpp"
#include "kernels_update.hpp"
#include "kernels_multiply_update.hpp"
#include "kernels_move.hpp"
#include "kernels_convolution.hpp"
#include "kernels_pool.hpp"
#include "kernels_normalize.hpp"
#include "kernels_recurrent.hpp"
#include "kernels_attention.hpp"
#include "kernels_rows.hpp"
#include "kernels_random.hpp"

}  // namespace

Kernels make_kernels() {
  Kernels kernels = {};
  kernels.multiply = multiply;
  kernels.pack_panels = pack_panels;
  kernels.gather_bytes = gather<uint8_t>;
  kernels.gather_floats = gather<float>;
  kernels.activate = activate;
  kernels.activate_back = activate_back;
  kernels.activate_keeping = activate_keeping;
  kernels.add_part_of_column_sums = add_part_of_column_sums;
  kernels.add_column_sums = add_column_sums;
  kernels.softmax = softmax;
  kernels.softmax_back = softmax_back;
  kernels.cross_entropy = cross_entropy;
  kernels.binary_cross_entropy = binary_cross_entropy;
  kernels.squared_error = squared_error;
  kernels.huber = huber;
  kernels.sum_of_squares = sum_of_squares;
  kernels.penalize = penalize;
  kernels.update = update;
  kernels.pack_points = pack_points;
  kernels.multiply_updating = multiply_updating;
  kernels.add_scaled = add_scaled;
  kernels.multiply_each = multiply_each;
  kernels.transpose = transpose;
  kernels.pack_filters = pack_filters;
  kernels.packed_size = packed_size;
  kernels.convolve = convolve;
  kernels.convolve_back = convolve_back;
  kernels.convolve_filters = convolve_filters;
  kernels.unpack_filters = unpack_filters;
  kernels.pool_greatest = pool_greatest;
  kernels.pool_greatest_back = pool_greatest_back;
  kernels.pool_average = pool_average;
  kernels.pool_average_back = pool_average_back;
  kernels.block_statistics = block_statistics;
  kernels.column_statistics = column_statistics;
  kernels.normalize = normalize;
  kernels.normalize_back_sums = normalize_back_sums;
  kernels.normalize_back_means = normalize_back_means;
  kernels.normalize_back = normalize_back;
  kernels.copy_rows = copy_rows;
  kernels.gru_step = gru_step;
  kernels.gru_step_back = gru_step_back;
  kernels.lstm_step = lstm_step;
  kernels.lstm_step_back = lstm_step_back;
  kernels.attend = attend;
  kernels.attend_back = attend_back;
  kernels.normalize_rows = normalize_rows;
  kernels.normalize_rows_back = normalize_rows_back;
  kernels.take_rows = take_rows;
  kernels.add_to_rows = add_to_rows;
  kernels.twist = twist;
  kernels.choose = choose;
  return kernels;
}

}  // namespace LASAGNE_SET
}  // namespace lasagne
