/// The C face of the LasagneEngine backend: one table of functions over libtorch.
///
/// The backend (`Backend/`, C++) is a shared library that exports a single symbol, `ct_backend`.
/// Swift loads it with `ct_load` and calls through the table it returns.
///
/// Rules, the same for every entry:
/// - a fallible function returns NULL for success, otherwise an error the caller owns (`error_free`);
/// - results are written through `out`, owned by the caller (`tensor_free`); arguments are borrowed;
/// - arrays are pointer + count; enumerations are `int32_t` codes;
/// - no C++ exception leaves the library.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#pragma clang assume_nonnull begin
#define CT_NULLABLE _Nullable
#define CT_NONNULL _Nonnull
#else
#define CT_NULLABLE
#define CT_NONNULL
#endif

/// A fallible entry of the table: returns NULL, or the error.
#define CT_TRY(name) CTErrorRef CT_NULLABLE (*CT_NONNULL name)

#ifdef __cplusplus
extern "C" {
#endif

/// Raised by one with every change to this file; a backend of another number is refused.
#define CT_ABI_VERSION 11

/// An owned tensor: a raw TensorImpl pointer. `impl` is NULL for "none" where a function allows it.
typedef struct CTTensor {
  void *CT_NULLABLE impl;
} CTTensor;

/// An owned random-number generator.
typedef struct CTGenerator {
  void *CT_NULLABLE impl;
} CTGenerator;

/// An owned plan: a training step as a list of operations over memory of its own.
typedef struct CTPlan {
  void *CT_NULLABLE impl;
} CTPlan;

/// An owned step that is repeated: what goes in, what comes out and, on a GPU, its graph.
typedef struct CTCapture {
  void *CT_NULLABLE impl;
} CTCapture;

/// A stream that a thread has taken for itself; `impl` is NULL on the CPU.
typedef struct CTStream {
  void *CT_NULLABLE impl;
} CTStream;

/// Why a call failed. Owned by whoever receives it.
typedef struct CTError *CTErrorRef;

/// Element types.
enum CTDataType {
  CT_FLOAT32 = 0, CT_FLOAT64, CT_FLOAT16, CT_BFLOAT16,
  CT_INT64, CT_INT32, CT_INT16, CT_INT8, CT_UINT8, CT_BOOL,
};

/// Kinds of device.
enum CTDeviceKind { CT_CPU = 0, CT_CUDA = 1 };

/// A device: a kind and, for GPUs, which one.
typedef struct CTDevice {
  int32_t kind;
  int32_t index;
} CTDevice;

/// What a tensor is. `shape` points into the tensor and is valid as long as the tensor is.
typedef struct CTTensorInfo {
  const int64_t *CT_NULLABLE shape;
  int64_t rank;
  int64_t count;
  int32_t data_type;
  CTDevice device;
  bool requires_gradient;
  bool is_leaf;
} CTTensorInfo;

/// What a device is. Byte counts are 0 where unknown.
typedef struct CTDeviceInfo {
  char name[128];
  int64_t total_bytes;
  int64_t free_bytes;
  int64_t used_bytes;  ///< Held by this process's caching allocator.
  int32_t core_count;  ///< CPU cores, or streaming multiprocessors of a GPU.
} CTDeviceInfo;

/// Functions of one tensor; `x` and `y` of the call are the numbers named in brackets.
enum CTUnary {
  CT_NEGATIVE = 0, CT_SQUARED, CT_SQUARE_ROOT, CT_RECIPROCAL_SQUARE_ROOT, CT_EXPONENTIAL, CT_LOG,
  CT_LOG1P, CT_ABSOLUTE, CT_SIGN, CT_RECIPROCAL, CT_FLOOR, CT_SIGMOID, CT_TANH, CT_RELU,
  CT_SOFTPLUS, CT_GELU, CT_SILU, CT_IS_FINITE, CT_SINE, CT_COSINE, CT_NOT,
  CT_POWER /* x: exponent */, CT_LEAKY_RELU /* x: slope */, CT_ELU /* x: alpha */,
  CT_CLAMP /* x: least, y: greatest; NaN is no bound */,
  CT_DETACHED, CT_CONTIGUOUS, CT_COPY, CT_TRANSPOSED, CT_RECTIFIED /* x: slope */,
  CT_GRADIENT_CLIPPED /* x: bound */,
};

/// Functions of two tensors (broadcast), or of a tensor and a number.
enum CTBinary {
  CT_ADD = 0, CT_SUBTRACT, CT_MULTIPLY, CT_DIVIDE, CT_MAXIMUM, CT_MINIMUM,
  CT_EQUAL, CT_LESS, CT_LESS_OR_EQUAL, CT_GREATER, CT_GREATER_OR_EQUAL,
  CT_MATMUL /* tensors only */,
  CT_EMBEDDING /* weight, indices; tensors only */,
  CT_CROSS_ENTROPY /* logits, class indices; element-wise; tensors only */,
  CT_ROWS /* tensor, indices along axis 0; tensors only */,
  CT_SUBTRACT_FROM /* number - tensor; numbers only */,
  CT_DIVIDE_INTO /* number / tensor; numbers only */,
};

/// Reductions over a list of axes.
enum CTReduction {
  CT_SUM = 0, CT_MEAN, CT_VARIANCE, CT_SAMPLE_VARIANCE, CT_GREATEST, CT_LEAST, CT_NORM,
  CT_ANY, CT_ALL,
};

/// Functions along one axis.
enum CTAlong { CT_SOFTMAX = 0, CT_LOG_SOFTMAX, CT_ARGMAX, CT_ARGMIN, CT_CUMULATIVE_SUM };

/// Rearrangements; the meaning of the integer list is in brackets.
enum CTRearrangement {
  CT_RESHAPE = 0 /* sizes, one may be -1 */, CT_PERMUTE /* axes */, CT_EXPAND /* sizes */,
  CT_FLATTEN /* first axis */, CT_UNSQUEEZE /* axis */, CT_SQUEEZE /* axis */,
  CT_SLICE /* axis, from, to, step */, CT_SELECT /* axis, index */, CT_FLIP /* axes */,
  CT_REPEAT /* axis, times */,
};

/// Random fills; `x` and `y` of the call are the numbers named in brackets.
enum CTRandom { CT_UNIFORM = 0 /* from, to */, CT_NORMAL /* mean, deviation */, CT_BERNOULLI /* p */ };

/// Changes of a tensor in place; operands that an entry does not name are ignored.
enum CTInPlace {
  CT_ASSIGN = 0 /* a */, CT_ADD_SCALED /* a, scale */, CT_MULTIPLY_TENSOR /* a */,
  CT_MULTIPLY_NUMBER /* scale */, CT_FILL /* scale */, CT_ADD_PRODUCT /* a, b, scale */,
  CT_ADD_QUOTIENT /* a, b, scale */, CT_MAXIMUM_IN_PLACE /* a */,
  CT_KEEP_WHERE /* a: condition; where it does not hold, b */,
};

/// A convolution (cross-correlation) of 1 to 3 spatial axes.
typedef struct CTConvolution {
  int64_t stride[3];
  int64_t padding[3];
  int64_t dilation[3];
  int64_t output_padding[3];
  int64_t axes;
  int64_t groups;
  bool transposed;
} CTConvolution;

/// A pooling of 1 to 3 spatial axes.
typedef struct CTPooling {
  int64_t size[3];
  int64_t stride[3];
  int64_t padding[3];
  int64_t axes;
  bool takes_average;  ///< Otherwise the maximum.
  bool ceil_mode;
  bool counts_padding;  ///< Averages only.
} CTPooling;

/// Functions of single numbers in plans; their settings are in brackets.
enum CTPlanActivation {
  CT_PLAN_LINEAR = 0, CT_PLAN_RECTIFY /* slope below 0 */, CT_PLAN_SIGMOID,
  CT_PLAN_TANH /* scale in, scale out */, CT_PLAN_ELU /* scale, alpha */, CT_PLAN_SOFTPLUS,
  CT_PLAN_GELU, CT_PLAN_SILU, CT_PLAN_GELU_TANH, CT_PLAN_HARD_SWISH, CT_PLAN_MISH,
};

/// Update rules in plans; the numbers after the rate and the three states are in brackets.
enum CTPlanRule {
  CT_PLAN_SGD = 0, CT_PLAN_MOMENTUM /* momentum; velocity */, CT_PLAN_NESTEROV /* the same */,
  CT_PLAN_ADAGRAD /* -, -, epsilon; sum of squares */,
  CT_PLAN_RMSPROP /* rho, -, epsilon; mean of squares */,
  CT_PLAN_ADADELTA /* rho, -, epsilon; mean of squares, mean of squared changes */,
  CT_PLAN_ADAM /* beta1, beta2, epsilon; first moment, second moment */,
  CT_PLAN_ADAMAX /* the same; first moment, infinity norm */,
  CT_PLAN_AMSGRAD /* the same; first moment, second moment, largest second moment */,
};

/// The columns of a panel: those of a right factor that lie side by side for each number of the depth.
#define CT_PLAN_PANEL 32

/// Operations of a plan: buffers; sizes; numbers. A buffer in brackets may be -1 for none, and
/// "adds" is a size that is 1 where results are added to what is there.
enum CTPlanCode {
  CT_PLAN_INPUTS = 0 /* out; rows, width; scale. Gathers the step's samples. */,
  CT_PLAN_TARGETS /* out; rows, width. Gathers targets that are not class numbers. */,
  CT_PLAN_FILL /* out; count; number */,
  /// a, b, c; rows, columns, depth, a's steps, b's steps, c's row step, adds, b's panel step, is for the
  /// update. Where the panel step is not 0, b lies in panels of CT_PLAN_PANEL columns and the whole depth
  /// each. Where the last is 1, c is the gradient of a parameter and only the update reads it: a step that
  /// updates at once makes it tile by tile, and c stays as it was.
  CT_PLAN_MULTIPLY,
  CT_PLAN_ACTIVATE
  /* x, (bias), y, (x + bias); rows, columns, activation; its settings */,
  CT_PLAN_ACTIVATE_BACK /* value, dy, dx, (bias gradient); the same */,
  CT_PLAN_COLUMN_SUMS /* x, sums; rows, columns. Adds. */,
  CT_PLAN_SOFTMAX /* x, y; rows, columns */,
  CT_PLAN_SOFTMAX_BACK /* y, dy, dx; rows, columns */,
  CT_PLAN_CROSS_ENTROPY /* logits, gradient, (targets); rows, columns */,
  CT_PLAN_BINARY_CROSS_ENTROPY /* logits, gradient, targets; count */,
  CT_PLAN_SQUARED_ERROR /* x, gradient, targets; count */,
  CT_PLAN_HUBER /* x, gradient, targets; count; delta */,
  CT_PLAN_PENALTY /* value, (gradient); count */,
  CT_PLAN_BERNOULLI /* out; count; probability, whether libtorch draws */,
  CT_PLAN_MULTIPLY_EACH /* a, b, out; count, adds; scale */,
  CT_PLAN_ADD_SCALED /* a, out; count, adds; scale */,
  CT_PLAN_TRANSPOSE /* in, out; matrices, rows, columns, adds */,
  CT_PLAN_PACK_FILTERS /* filters, forward, (backward); image shape, flips */,
  CT_PLAN_UNPACK_FILTERS /* gradient, filters; image shape, flips, adds */,
  CT_PLAN_CONVOLVE /* images, packed, out; image shape, count */,
  CT_PLAN_CONVOLVE_BACK /* out gradient, packed, gradient; the same, adds */,
  CT_PLAN_CONVOLVE_FILTERS /* images, out gradient, gradient; image shape, count, adds */,
  CT_PLAN_POOL_GREATEST /* x, (bias), y, places; pool shape, count, activation; its settings */,
  CT_PLAN_POOL_GREATEST_BACK /* y, dy, places, dx, (bias gradient); the same. Adds. */,
  CT_PLAN_POOL_AVERAGE /* x, y; pool shape, count */,
  CT_PLAN_POOL_AVERAGE_BACK /* dy, dx; the same. Adds. */,
  CT_PLAN_COLUMN_STATISTICS /* x, mean, inverse; rows, columns; epsilon */,
  /// x, mean, inverse, (gamma), (beta), (other), y; rows, columns, activation; its settings. What is
  /// added before the activation, a rectifier or none, is `other`.
  CT_PLAN_NORMALIZE,
  /// x, dy, mean, inverse, (gamma), (dx), (gamma gradient), (beta gradient), (y), (other's gradient);
  /// rows, columns, adds the last, activation; its settings.
  CT_PLAN_NORMALIZE_BACK,
  CT_PLAN_AVERAGE /* average, new; count; weight of the new. After the update. */,
  CT_PLAN_COPY_ROWS /* from, to; rows, width, from's step, to's step, adds */,
  CT_PLAN_GRU_STEP /* given, bias, gates, new, hidden, next; rows, units */,
  CT_PLAN_GRU_STEP_BACK
  /* next gradient, gates, new, hidden, given gradient, carried gradient, hidden gradient; the same */,
  CT_PLAN_LSTM_STEP
  /* bias, (peepholes), gates, cell, next cell, squashed cell, next hidden; the same */,
  CT_PLAN_LSTM_STEP_BACK
  /* next gradient, cell gradient, gates, cell, next cell, squashed cell, (peepholes), (peephole
     gradient); the same. The gates become their gradient; adds the last. */,
  CT_PLAN_PACK_PANELS /* matrix, panels; rows, columns, matrix's steps, panel step */,
  CT_PLAN_ATTEND
  /* queries, keys, values, (mask), (kept), weights, out; rows, heads, queries, keys, numbers of a head,
     causal, mask rows of a sample; scale of the scores, scale of what is kept */,
  CT_PLAN_ATTEND_BACK
  /* queries, keys, values, (kept), weights, out gradient, gradients of queries, keys, values; the same */,
  CT_PLAN_NORMALIZE_ROWS /* x, (gamma), (beta), y, statistics; rows, columns, centers; epsilon */,
  CT_PLAN_NORMALIZE_ROWS_BACK
  /* x, dy, statistics, (gamma), (dx), (gamma gradient), (beta gradient), (sums); rows, columns, centers,
     adds. Adds to the gradients of the parameters; sums: twice the columns for each 128 rows. */,
  CT_PLAN_TAKE_ROWS /* table, numbers, out; count, width, rows of the table */,
  CT_PLAN_ADD_TO_ROWS /* gradient, numbers, table; count, width. Adds. */,
  /// ; samples of a share, operations. So many that follow, blocks included, are carried out for one
  /// share of the batch after the other, or for several at once; all buffers that are summed begin at 0.
  CT_PLAN_SHARES,
  /// ; samples of a block, operations. Inside a share: so many that follow are carried out for one block
  /// of its samples after the other. Only these have blocks: 'fill', 'activate', 'activate back', 'column
  /// sums', 'multiply each', 'add scaled', 'transpose', convolutions and poolings.
  CT_PLAN_BLOCKS,
  CT_PLAN_ADD_SHARES /* sums of shares, sums; count, shares, adds */,
};

/// An operation of a plan. An image shape is 12 sizes: input rows, columns (its border of zeros
/// included, which is not in memory), channels, filter rows, columns, strides, output rows, columns,
/// filters, border rows, columns. A pool shape is 9: input rows, columns, channels, region rows,
/// columns, strides, output rows, columns.
typedef struct CTPlanOperation {
  int32_t code;
  int32_t buffers[10];
  int64_t sizes[14];
  double numbers[2];
} CTPlanOperation;

/// What a buffer holds of where operations go share by share.
enum CTPlanExtent {
  CT_PLAN_OF_BATCH = 0,
  CT_PLAN_OF_SHARE, CT_PLAN_OF_BLOCK,  ///< Of one at a time, in memory of the thread at work.
  CT_PLAN_SUM_OF_SHARE,                ///< A sum for each share.
};

/// Memory of a plan: a float32 tensor that lives outside it, or a part of the plan's own memory.
typedef struct CTPlanBuffer {
  CTTensor tensor;
  int64_t offset;  ///< Where there is no tensor: floats from the start of the plan's memory, or of a thread's.
  int64_t count;   ///< Floats.
  int64_t row;     ///< Floats of a sample, or of a share's sum; 0: all samples share it.
  int32_t extent;  ///< A `CTPlanExtent`.
} CTPlanBuffer;

/// A parameter, its gradient, and what an update rule remembers of it; all float32.
typedef struct CTUpdatedTensor {
  CTTensor value;
  int32_t gradient;  ///< The buffer.
  CTTensor states[3];
} CTUpdatedTensor;

/// What is different at every step.
typedef struct CTPlanStep {
  CTTensor inputs;   ///< Samples along axis 0, bytes or float32.
  CTTensor targets;  ///< A class number a sample (int64), or a row (float32).
  const int64_t *CT_NULLABLE indices;  ///< Which samples; NULL: the first ones, in order.
  uint64_t seed;                       ///< Of the random numbers.
  double l1;
  double l2;
  bool updates;  ///< Whether the update follows at once, if loss and gradients are finite.
  int32_t rule;
  double rule_numbers[4];  ///< The rate and the settings of the rule.
  double largest_norm;     ///< Of all gradients together, to which they are scaled; 0: any.
} CTPlanStep;

/// What a step gave: the mean of the losses, the penalty, how many answers were right, and the sum of
/// the squares of the gradients that were made before the update (0 where loss or penalty are not
/// finite); it is finite only if all gradients are.
typedef struct CTPlanResult {
  double loss;
  double penalty;
  double correct;
  double gradient_squares;
} CTPlanResult;

/// Every function of the backend.
typedef struct CTBackend {
  uint32_t abi_version;
  /// Version of libtorch, such as "2.13.0+cpu".
  const char *version;

  // Lifetime and errors.
  void (*CT_NONNULL tensor_free)(CTTensor tensor);
  void (*CT_NONNULL error_free)(CTErrorRef error);
  /// The message, valid until the error is freed.
  const char *CT_NONNULL (*CT_NONNULL error_message)(CTErrorRef error);
  /// Tensors handed out and not yet freed: in the process, and by the calling thread.
  int64_t (*CT_NONNULL live_tensors)(void);
  int64_t (*CT_NONNULL live_tensors_on_thread)(void);

  // Making tensors.
  CT_TRY(from_data)(const void *data, int32_t data_type, const int64_t *shape, int64_t rank,
                    CTDevice device, CTTensor *out);
  /// A tensor over host memory that is only read; `release(owner)` is called once when nothing uses the
  /// memory any more, also after an error.
  CT_TRY(over_data)(const void *data, int32_t data_type, const int64_t *shape, int64_t rank,
                    void *CT_NONNULL owner, void (*CT_NONNULL release)(void *CT_NONNULL owner),
                    CTTensor *out);
  CT_TRY(full)(const int64_t *shape, int64_t rank, double value, int32_t data_type, CTDevice device,
               CTTensor *out);
  CT_TRY(arange)(int64_t end, int32_t data_type, CTDevice device, CTTensor *out);
  CT_TRY(eye)(int64_t count, int32_t data_type, CTDevice device, CTTensor *out);
  CT_TRY(join)(const CTTensor *tensors, int64_t count, int64_t axis, bool on_new_axis,
               CTTensor *out);

  // Looking at tensors.
  void (*CT_NONNULL info)(CTTensor tensor, CTTensorInfo *out);
  /// Copies the elements, row-major, to `data`, which holds exactly `byte_count` bytes.
  CT_TRY(copy_out)(CTTensor tensor, void *data, int64_t byte_count);
  CT_TRY(item)(CTTensor tensor, double *out);

  // Random numbers.
  CT_TRY(generator_new)(uint64_t seed, CTDevice device, CTGenerator *out);
  void (*CT_NONNULL generator_free)(CTGenerator generator);
  /// Begins again as a new one of this seed would.
  CT_TRY(generator_restart)(CTGenerator generator, uint64_t seed);
  /// The state as a tensor of bytes.
  CT_TRY(generator_state)(CTGenerator generator, CTTensor *out);
  CT_TRY(generator_set_state)(CTGenerator generator, CTTensor state);
  CT_TRY(random)(int32_t kind, const int64_t *shape, int64_t rank, double x, double y,
                 CTGenerator generator, int32_t data_type, CTDevice device, CTTensor *out);
  CT_TRY(permutation)(int64_t count, CTGenerator generator, CTDevice device, CTTensor *out);

  // Arithmetic.
  CT_TRY(unary)(int32_t op, CTTensor a, double x, double y, CTTensor *out);
  CT_TRY(binary)(int32_t op, CTTensor a, CTTensor b, CTTensor *out);
  CT_TRY(binary_number)(int32_t op, CTTensor a, double b, CTTensor *out);
  CT_TRY(where)(CTTensor condition, CTTensor a, CTTensor b, CTTensor *out);
  /// `axes` with `axis_count` -1 means all axes.
  CT_TRY(reduce)(int32_t op, CTTensor a, const int64_t *CT_NULLABLE axes, int64_t axis_count,
                 bool keep_axes, CTTensor *out);
  CT_TRY(along)(int32_t op, CTTensor a, int64_t axis, CTTensor *out);
  CT_TRY(top_k)(CTTensor a, int64_t k, int64_t axis, CTTensor *values, CTTensor *indices);

  // Shape and place.
  CT_TRY(rearrange)(int32_t op, CTTensor a, const int64_t *arguments, int64_t argument_count,
                    CTTensor *out);
  CT_TRY(gather)(CTTensor a, int64_t axis, CTTensor indices, CTTensor *out);
  /// `widths`: before and after of each axis, the last axis first.
  CT_TRY(pad)(CTTensor a, const int64_t *widths, int64_t width_count, double value, CTTensor *out);
  CT_TRY(convert)(CTTensor a, int32_t data_type, CTTensor *out);
  CT_TRY(move)(CTTensor a, CTDevice device, CTTensor *out);

  // Networks.
  CT_TRY(addmm)(CTTensor bias, CTTensor a, CTTensor b, CTTensor *out);
  /// `bias.impl` may be NULL.
  CT_TRY(convolution)(CTTensor a, CTTensor weight, CTTensor bias, const CTConvolution *settings,
                      CTTensor *out);
  CT_TRY(pool)(CTTensor a, const CTPooling *settings, CTTensor *out);
  /// `(a - mean) * inverse_deviation * scale + shift`, the vectors along axis 1; any of `scale` and
  /// `shift` may be none.
  CT_TRY(batch_normalized)(CTTensor a, CTTensor mean, CTTensor inverse_deviation, CTTensor scale,
                           CTTensor shift, CTTensor *out);
  CT_TRY(svd)(CTTensor a, CTTensor *u, CTTensor *s, CTTensor *vt);

  // Gradients.
  CT_TRY(set_requires_gradient)(CTTensor a, bool required);
  /// `cotangent.impl` may be NULL for a single number.
  CT_TRY(backward)(CTTensor a, CTTensor cotangent);
  /// The accumulated gradient of a leaf; `out->impl` is NULL where there is none.
  CT_TRY(gradient)(CTTensor a, CTTensor *out);
  CT_TRY(clear_gradient)(CTTensor a);
  /// Gradients by `count` inputs, into `out[0 ..< count]`; zeros for an input that was not used.
  CT_TRY(gradients)(CTTensor output, const CTTensor *inputs, int64_t count, CTTensor cotangent,
                    bool create_graph, CTTensor *out);
  /// Turns recording on this thread on or off; returns what it was.
  bool (*CT_NONNULL set_recording)(bool on);

  // In place.
  CT_TRY(in_place)(int32_t op, CTTensor target, CTTensor a, CTTensor b, double scale);

  // Machine.
  /// Threads of one operation started from the calling thread.
  void (*CT_NONNULL set_thread_count)(int32_t count);
  int32_t (*CT_NONNULL thread_count)(void);
  int32_t (*CT_NONNULL cuda_device_count)(void);
  CT_TRY(device_info)(CTDevice device, CTDeviceInfo *out);
  /// Vector instructions libtorch uses on this CPU, such as "AVX512".
  const char *CT_NONNULL (*CT_NONNULL capability)(void);
  /// Waits until all work queued on the device is done.
  CT_TRY(synchronize)(CTDevice device);

  // Plans.
  /// `row_count`: samples of a batch; `memory_count`: floats of the plan's own memory.
  CT_TRY(plan_new)(const CTPlanBuffer *buffers, int64_t buffer_count,
                   const CTPlanOperation *operations, int64_t operation_count, int64_t row_count,
                   int64_t memory_count, int64_t thread_memory_count, CTPlan *out);
  void (*CT_NONNULL plan_free)(CTPlan plan);
  /// What an update changes.
  CT_TRY(plan_set_updated)(CTPlan plan, const CTUpdatedTensor *tensors, int64_t count);
  CT_TRY(plan_run)(CTPlan plan, const CTPlanStep *step, CTPlanResult *out);
  /// The update of a step that was run without one.
  CT_TRY(plan_update)(CTPlan plan, const CTPlanStep *step);
  /// A buffer as a tensor over the same memory.
  CT_TRY(plan_buffer)(CTPlan plan, int32_t buffer, const int64_t *shape, int64_t rank,
                      CTTensor *out);
  /// Vector instructions of the plans' own loops, such as "AVX512".
  const char *CT_NONNULL (*CT_NONNULL plan_capability)(void);

  // Captured steps.
  CT_TRY(capture_new)(CTDevice device, CTCapture *out);
  void (*CT_NONNULL capture_free)(CTCapture capture);
  /// From here to `capture_end` this thread makes the step: what needs the host between two operations
  /// is refused. `records`: GPUs only; it is taken down for `capture_replay` instead of done.
  CT_TRY(capture_begin)(CTCapture capture, CTGenerator generator, bool records);
  /// `keeps`: whether what was taken down is to be replayed.
  CT_TRY(capture_end)(CTCapture capture, bool keeps);
  CT_TRY(capture_replay)(CTCapture capture);
  /// Fills a tensor without waiting for the device; `data` may change afterwards.
  CT_TRY(capture_upload)(CTCapture capture, CTTensor target, const void *data, int64_t byte_count);
  /// Queues a copy of float32 numbers to the host.
  CT_TRY(capture_download)(CTCapture capture, CTTensor source);
  /// Waits, and gives the `count` numbers of all queued copies since the last time, in order.
  CT_TRY(capture_figures)(CTCapture capture, float *out, int64_t count);
  /// Gives the calling thread a stream of its own on the device, until `stream_leave` on it.
  CT_TRY(stream_enter)(CTDevice device, CTStream *out);
  CT_TRY(stream_leave)(CTStream stream);
  /// How exactly GPUs multiply, in words.
  const char *CT_NONNULL (*CT_NONNULL precision)(void);
} CTBackend;

/// The one symbol of the backend: its table, or NULL if it was built for another ABI version.
typedef const CTBackend *CT_NULLABLE (*CTBackendEntry)(uint32_t abi_version);

/// Sets what the libraries behind the backend read from the environment; to be called before `ct_load`,
/// while no other thread reads it.
void ct_prepare(void);

/// Loads the backend at `path`. On failure returns NULL and writes a sentence into `message`.
const CTBackend *CT_NULLABLE ct_load(const char *path, char *message, size_t message_capacity);

#ifdef __cplusplus
}
#endif

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
