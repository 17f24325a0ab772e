#pragma once

#include <cstdint>

// Own loops for what libtorch does in several passes or not at all, over plain float32 memory. They
// are compiled three times (kernels_plain.cpp, kernels_avx2.cpp, kernels_avx512.cpp); the best that
// the processor can run is chosen once.

namespace lasagne {

/// Numbers of a parameter, and what its update rule remembers of each.
struct Updated {
  float *value = nullptr;
  float *states[3] = {};

  /// Those that lie so many further on.
  Updated after(int64_t count) const {
    Updated there = *this;
    there.value += count;
    for (float *&state : there.states) {
      if (state) state += count;
    }
    return there;
  }
};

/// A tensor that an update changes, and its gradient.
struct UpdatedTensor {
  Updated numbers;
  const float *gradient;
  int64_t count;
};

/// A convolution over images of shape (rows, columns, channels), the channels last.
struct ImageShape {
  int64_t rows, columns, channels;              ///< Of an input, its border of zeros included.
  int64_t filter_rows, filter_columns;
  int64_t stride_rows, stride_columns;
  int64_t output_rows, output_columns, filters;
  int64_t border_rows, border_columns;          ///< On each side; not in memory.
  bool is_plain = false;                        ///< Without the loops for special shapes.

  int64_t inner_rows() const { return rows - 2 * border_rows; }
  int64_t inner_columns() const { return columns - 2 * border_columns; }
  int64_t input_size() const { return inner_rows() * inner_columns() * channels; }
  int64_t bordered_size() const { return rows * columns * channels; }
  bool is_bordered() const { return border_rows > 0 || border_columns > 0; }
  int64_t positions() const { return output_rows * output_columns; }
  int64_t segment() const { return filter_columns * channels; }
  int64_t depth() const { return filter_rows * segment(); }

  /// Whether the derivative by the images is best made as a convolution with turned filters: there
  /// are no strides, and hardly more positions than on the way forward.
  bool turns() const {
    return !is_plain && stride_rows == 1 && stride_columns == 1 && border_rows < filter_rows &&
           border_columns < filter_columns &&
           10 * inner_rows() * inner_columns() <= 13 * positions();
  }
  /// Whether, otherwise, each position takes its part of all filters that lie over it.
  bool gathers() const {
    return stride_rows == 1 && stride_columns == 1 && !turns() && !is_plain;
  }
  /// The convolution with turned filters: from the result's gradient to the images'.
  ImageShape turned() const {
    const int64_t side_rows = filter_rows - 1 - border_rows;
    const int64_t side_columns = filter_columns - 1 - border_columns;
    return {output_rows + 2 * side_rows, output_columns + 2 * side_columns, filters, filter_rows,
            filter_columns, 1, 1, inner_rows(), inner_columns(), channels, side_rows, side_columns,
            is_plain};
  }
};

/// A pooling over images whose channels are last.
struct PoolShape {
  int64_t rows, columns, channels;
  int64_t size_rows, size_columns, stride_rows, stride_columns;
  int64_t output_rows, output_columns;

  int64_t input_size() const { return rows * columns * channels; }
  int64_t output_size() const { return output_rows * output_columns * channels; }
};

/// Attention of queries to keys, of several heads whose numbers lie side by side.
struct AttentionShape {
  int64_t heads, queries, keys, width;  ///< The width is that of one head.
  bool causal;                          ///< Whether a query sees no keys after its own place.
  int64_t mask_rows;                    ///< Rows of a mask for a sample: 1, or one for each query.
  float scale;                          ///< Of the scores.
  float kept_scale;                     ///< Of the weights that are not dropped.

  int64_t inner() const { return heads * width; }
};

/// A function of single numbers: a code of `CTPlanActivation` and its two settings.
struct Activation {
  int32_t code;
  float first, second;
};

/// What columns are normalized by; gamma and beta may be null.
struct Normalization {
  const float *mean, *inverse, *gamma, *beta;
};

/// Sums over rows are made block by block, so that threads can share the blocks and every number still
/// comes out the same. So many rows, of as many columns as a vector has lanes, stay in the first cache.
constexpr int64_t rows_of_block = 256;

struct Kernels {
  const char *name;

  /// c (+)= a · b: `rows` × `columns` numbers, sums over `depth`. Of a and of b one of the two steps
  /// is 1; where `b_panel` is not 0, b lies in panels so many floats apart.
  void (*multiply)(int64_t rows, int64_t columns, int64_t depth, const float *a, int64_t a_row,
                   int64_t a_column, const float *b, int64_t b_row, int64_t b_column, float *c,
                   int64_t c_row, bool adds, int64_t b_panel);
  /// Brings a matrix into panels; what is missing to a whole panel becomes 0.
  void (*pack_panels)(const float *matrix, int64_t row_step, int64_t column_step, int64_t rows,
                      int64_t columns, float *panels, int64_t panel_step);

  /// out = number · scale, for the rows that `indices` choose (all in order where it is null).
  void (*gather_bytes)(const uint8_t *data, const int64_t *indices, int64_t rows, int64_t width,
                       float scale, float *out);
  void (*gather_floats)(const float *data, const int64_t *indices, int64_t rows, int64_t width,
                        float scale, float *out);

  /// y = f(x + bias); the bias (or null) lies along the columns. x may be y.
  void (*activate)(const float *x, const float *bias, float *y, int64_t rows, int64_t columns,
                   Activation f);
  /// dx = dy · f'(…), where `value` is f's result, for gelu and silu its argument; sums over the
  /// rows are added to `bias_gradient` where there is one. dx may be dy.
  void (*activate_back)(const float *value, const float *dy, float *dx, float *bias_gradient,
                        int64_t rows, int64_t columns, Activation f);
  /// The same, keeping x + bias as the function's argument.
  void (*activate_keeping)(const float *x, const float *bias, float *argument, float *y,
                           int64_t rows, int64_t columns, Activation f);
  /// The sums over rows that lie a step apart, added.
  void (*add_part_of_column_sums)(const float *x, int64_t step, float *sums, int64_t rows,
                                  int64_t columns);
  /// Adds the sums over the rows.
  void (*add_column_sums)(const float *x, float *sums, int64_t rows, int64_t columns);
  void (*softmax)(const float *x, float *y, int64_t rows, int64_t columns);
  void (*softmax_back)(const float *y, const float *dy, float *dx, int64_t rows, int64_t columns);

  /// The cross-entropy of softmax(logits) for class numbers (or rows of probabilities where
  /// `labels` is null), its gradient times `scale`, and the rows whose highest entry is right. A row
  /// with a negative class number does not count.
  double (*cross_entropy)(const float *logits, const int64_t *labels, const float *targets,
                          float *gradient, int64_t rows, int64_t columns, float scale,
                          double *correct);
  /// The same for sigmoid(logits), for each number.
  double (*binary_cross_entropy)(const float *logits, const float *targets, float *gradient,
                                 int64_t count, float scale, double *correct);
  double (*squared_error)(const float *x, const float *targets, float *gradient, int64_t count,
                          float scale);
  double (*huber)(const float *x, const float *targets, float *gradient, int64_t count, float delta,
                  float scale);

  double (*sum_of_squares)(const float *x, int64_t count);
  /// The sum of absolute values and of squares; their derivatives, weighted, are added to the
  /// gradient where there is one.
  void (*penalize)(const float *x, float *gradient, int64_t count, double l1, double l2,
                   double *absolute_sum, double *square_sum);
  /// One step of a rule (a code of `CTPlanRule`) with gradients times `factor`.
  void (*update)(int32_t rule, const double *numbers, float factor, const UpdatedTensor &tensor);
  /// One step of a rule for a parameter of shape (rows, columns) or some of its columns, whose rows lie a
  /// step apart, with the gradient aᵀ · b, which is not kept. Of a: what `pack_points` makes of it; b has
  /// `depth` rows as far apart as the parameter's.
  void (*multiply_updating)(int64_t rows, int64_t columns, int64_t depth, const float *packed,
                            const float *b, int64_t row_step, int32_t rule,
                            const double *rule_numbers, const Updated &numbers);
  /// Brings a matrix of shape (depth, columns) into the order in which `multiply_updating` reads it;
  /// `packed` has room for 15 columns more.
  void (*pack_points)(const float *a, int64_t depth, int64_t columns, float *packed);

  /// out (+)= a · scale.
  void (*add_scaled)(const float *a, float scale, float *out, int64_t count, bool adds);
  void (*multiply_each)(const float *a, const float *b, float scale, float *out, int64_t count,
                        bool adds);

  /// The last two axes exchanged.
  void (*transpose)(const float *in, float *out, int64_t count, int64_t rows, int64_t columns,
                    bool adds);

  /// Filters of shape (filters, channels, rows, columns) in the order `convolve` and
  /// `convolve_back` read them, turned by 180° where `flips`.
  void (*pack_filters)(const float *filters, const ImageShape &shape, bool flips, float *forward,
                       float *backward);
  int64_t (*packed_size)(const ImageShape &shape);
  void (*convolve)(const float *images, const float *packed, float *out, int64_t count,
                   const ImageShape &shape, bool adds);
  /// The derivative by the images.
  void (*convolve_back)(const float *out_gradient, const float *packed, float *gradient,
                        int64_t count, const ImageShape &shape, bool adds);
  /// The derivative by the filters, as a matrix (filter rows, filter columns, channels) × filters;
  /// of it the filter rows from `first` to before `last`.
  void (*convolve_filters)(const float *images, const float *out_gradient, float *gradient,
                           int64_t count, const ImageShape &shape, int64_t first, int64_t last, bool adds);
  /// That matrix in the shape of the filters.
  void (*unpack_filters)(const float *gradient, const ImageShape &shape, bool flips, bool adds,
                         float *filters);

  /// The largest of f(x + bias) in each region, and where it stands in it.
  void (*pool_greatest)(const float *x, const float *bias, Activation f, float *y, uint8_t *places,
                        int64_t count, const PoolShape &shape);
  /// Adds to the regions' chosen numbers; dx was set to zero. f as in `activate_back`.
  void (*pool_greatest_back)(const float *y, const float *dy, const uint8_t *places, Activation f,
                             float *dx, float *bias_gradient, int64_t count,
                             const PoolShape &shape);
  void (*pool_average)(const float *x, float *y, int64_t count, const PoolShape &shape);
  void (*pool_average_back)(const float *dy, float *dx, int64_t count, const PoolShape &shape);

  /// Of the columns of one block of rows: about their mean, the sum of the distances from that, and of
  /// their squares, 3 · columns numbers.
  void (*block_statistics)(const float *x, int64_t rows, int64_t columns, float *sums);
  /// Mean and 1 / sqrt(variance + epsilon) of each column from those of all blocks.
  void (*column_statistics)(const float *sums, int64_t rows, int64_t columns, float epsilon,
                            float *mean, float *inverse);
  /// y = f((x - mean) · inverse · gamma + beta + other), where f is linear or a rectifier; gamma, beta
  /// and other may be null. y may be x or other.
  void (*normalize)(const float *x, const Normalization &by, const float *other, float *y,
                    int64_t rows, int64_t columns, Activation f);
  /// Its derivative where mean and inverse are those of the rows. First the sums over one block of rows
  /// of the gradient before the activation, and of that times what was normalized, 2 · columns numbers;
  /// y is read only for a rectifier. `other`, where there is one, gets or is added the gradient of what was
  /// added before the activation.
  void (*normalize_back_sums)(const float *x, const float *y, const float *dy,
                              const Normalization &by, float *other, bool adds_other, int64_t rows,
                              int64_t columns, Activation f, float *sums);
  /// Then, in place of the first block's, the means over all rows; the gradients of gamma and beta, where
  /// there are any, are added to.
  void (*normalize_back_means)(float *sums, int64_t rows, int64_t columns, float *gamma_gradient,
                               float *beta_gradient);
  /// Then the gradient of x, which may be dy.
  void (*normalize_back)(const float *x, const float *y, const float *dy, const Normalization &by,
                         const float *means, float *dx, int64_t rows, int64_t columns, Activation f);

  void (*copy_rows)(const float *from, int64_t from_step, float *to, int64_t to_step, int64_t rows,
                    int64_t width, bool adds);
  /// A step of Lasagne's GRU: `given` holds the products with the input, `gates` those with the
  /// hidden state (update, reset, new) and becomes the two gates and the third product; `fresh` is the
  /// new value.
  void (*gru_step)(const float *given, const float *bias, float *gates, float *fresh,
                   const float *hidden, float *next, int64_t rows, int64_t units);
  void (*gru_step_back)(const float *next_gradient, const float *gates, const float *fresh,
                        const float *hidden, float *given_gradient, float *carried_gradient,
                        float *hidden_gradient, int64_t rows, int64_t units);
  /// A step of Lasagne's LSTM: `gates` holds the products with input and hidden state (in, forget,
  /// cell, out) and becomes the gates, on the way back their gradient; peepholes (in, forget, out) may
  /// be null.
  void (*lstm_step)(const float *bias, const float *peepholes, float *gates, const float *cell,
                    float *next_cell, float *squashed, float *next, int64_t rows, int64_t units);
  void (*lstm_step_back)(const float *next_gradient, float *cell_gradient, float *gates,
                         const float *cell, const float *next_cell, const float *squashed,
                         const float *peepholes, float *peephole_gradient, int64_t rows,
                         int64_t units);

  /// softmax(queries · keysᵀ · scale) · values, for the pairs of a sample and a head from `begin` to
  /// `end`. The mask is 0 where a key is not seen, `kept` where a weight is dropped; both may be null.
  void (*attend)(const float *queries, const float *keys, const float *values, const float *mask,
                 const float *kept, float *weights, float *out, int64_t begin, int64_t end,
                 const AttentionShape &shape);
  /// Its derivatives, by the weights that `attend` left behind.
  void (*attend_back)(const float *queries, const float *keys, const float *values,
                      const float *kept, const float *weights, const float *out_gradient,
                      float *query_gradient, float *key_gradient, float *value_gradient,
                      int64_t begin, int64_t end, const AttentionShape &shape);
  /// y = (x - mean) / sqrt(variance + epsilon) · gamma + beta, each row by its own mean (0 where it
  /// does not center); gamma and beta may be null. Keeps mean and inverse deviation of each row.
  void (*normalize_rows)(const float *x, const float *gamma, const float *beta, float *y,
                         float *statistics, int64_t rows, int64_t columns, float epsilon,
                         bool centers);
  /// Its derivative; those by gamma and beta are added. dx may be dy.
  void (*normalize_rows_back)(const float *x, const float *dy, const float *statistics,
                              const float *gamma, float *dx, float *gamma_gradient,
                              float *beta_gradient, int64_t rows, int64_t columns, bool centers,
                              bool adds);
  /// The rows of a table that the numbers choose.
  void (*take_rows)(const float *table, const float *numbers, float *out, int64_t count,
                    int64_t width);
  /// Adds to these rows, in order, so many columns from the first.
  void (*add_to_rows)(const float *gradient, const float *numbers, float *table, int64_t count,
                      int64_t width, int64_t first, int64_t columns);

  /// The next 624 numbers of a Mersenne twister, whose state goes on.
  void (*twist)(uint32_t *state, uint32_t *numbers);
  /// 1 with the probability below / 2^53 for each pair of numbers, else 0.
  void (*choose)(const uint32_t *numbers, uint64_t below, float *out, int64_t count);
};

/// The loops for this processor.
const Kernels &kernels();

}  // namespace lasagne
