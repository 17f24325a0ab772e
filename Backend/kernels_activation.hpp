// Part of kernels_body.hpp: functions of single numbers, and softmax.

/// The normal distribution function, within 3e-7: e^(-x²/2) times a polynomial in 1 / (1 + 0.26 |x|),
/// the form of Abramowitz and Stegun's 7.1.26 with four terms more, fitted to the least relative error.
LASAGNE_INLINE float normal_distribution(float x, float bell) {
  const float magnitude = x < 0 ? -x : x;
  const float u = 1.0f / (1.0f + 0.26f * magnitude);
  float p = 0.030504992f;
  p = p * u - 0.15282929f;
  p = p * u + 0.25149211f;
  p = p * u - 0.15094972f;
  p = p * u + 0.16094823f;
  p = p * u + 0.051027596f;
  p = p * u + 0.10303026f;
  p = p * u + 0.10301676f;
  p = p * u + 0.10375906f;
  const float tail = p * u * bell;
  return x < 0 ? tail : 1.0f - tail;
}

/// e^(-x²/2).
LASAGNE_INLINE float bell_curve(float x) { return exponential(-0.5f * x * x); }

/// What the approximation of gelu by tanh multiplies x with: 0.5 · (1 + tanh(z)) = sigmoid(2z).
LASAGNE_INLINE float tanh_share(float x) {
  return sigmoid(1.5957691216057308f * (x + 0.044715f * x * x * x));
}

/// tanh(log(1 + e^x)).
LASAGNE_INLINE float mish_share(float x) {
  const float e = exponential(x < 20 ? x : 20.0f), n = e * (e + 2.0f);
  return n / (n + 2.0f);
}

template <int32_t CODE>
LASAGNE_INLINE float activated(float x, float first, float second) {
  switch (CODE) {
    // Negative numbers leave their sign behind, also as -0: by it their derivative is known.
    case CT_PLAN_RECTIFY: return x < 0 ? (first == 0 ? -0.0f : first * x) : x + 0.0f;
    case CT_PLAN_SIGMOID: return sigmoid(x);
    case CT_PLAN_TANH: return second * hyperbolic_tangent(first * x);
    case CT_PLAN_ELU: return first * (x > 0 ? x : second * (exponential(x) - 1.0f));
    case CT_PLAN_SOFTPLUS: return x > 20 ? x : __builtin_log1pf(exponential(x));
    case CT_PLAN_GELU: return x * normal_distribution(x, bell_curve(x));
    case CT_PLAN_SILU: return x * sigmoid(x);
    case CT_PLAN_GELU_TANH: return x * tanh_share(x);
    case CT_PLAN_HARD_SWISH: {
      const float share = x + 3.0f;
      return x * (share < 0 ? 0.0f : (share > 6 ? 6.0f : share)) * (1.0f / 6.0f);
    }
    case CT_PLAN_MISH: return x * mish_share(x);
    default: return x;
  }
}

LASAGNE_INLINE bool is_negative(float x) {
  int32_t bits;
  __builtin_memcpy(&bits, &x, 4);
  return bits < 0;
}

template <int32_t CODE>
LASAGNE_INLINE float slope(float value, float first, float second) {
  switch (CODE) {
    case CT_PLAN_RECTIFY:
      return value > 0 ? 1.0f : (is_negative(value) ? first : 0.5f + 0.5f * first);
    case CT_PLAN_SIGMOID: return value * (1.0f - value);
    case CT_PLAN_TANH: {
      const float inner = value / second;
      return first * second * (1.0f - inner * inner);
    }
    case CT_PLAN_ELU: return value > 0 ? first : value + first * second;
    case CT_PLAN_SOFTPLUS: return 1.0f - exponential(-value);
    case CT_PLAN_GELU: {
      const float bell = bell_curve(value);
      return normal_distribution(value, bell) + value * 0.39894228040143268f * bell;
    }
    case CT_PLAN_SILU: {
      const float share = sigmoid(value);
      return share * (1.0f + value * (1.0f - share));
    }
    case CT_PLAN_GELU_TANH: {
      const float share = tanh_share(value);
      const float inner = 1.5957691216057308f * (1.0f + 0.134145f * value * value);
      return share + value * share * (1.0f - share) * inner;
    }
    case CT_PLAN_HARD_SWISH:
      return value <= -3 ? 0.0f : (value >= 3 ? 1.0f : (2.0f * value + 3.0f) * (1.0f / 6.0f));
    case CT_PLAN_MISH: {
      const float share = mish_share(value);
      return share + value * (1.0f - share * share) * sigmoid(value);
    }
    default: return 1.0f;
  }
}

#define LASAGNE_FOR_ACTIVATION(CODE, FUNCTION, ...)                   \
  switch (CODE) {                                                     \
    case CT_PLAN_RECTIFY: FUNCTION<CT_PLAN_RECTIFY>(__VA_ARGS__); break;   \
    case CT_PLAN_SIGMOID: FUNCTION<CT_PLAN_SIGMOID>(__VA_ARGS__); break;   \
    case CT_PLAN_TANH: FUNCTION<CT_PLAN_TANH>(__VA_ARGS__); break;         \
    case CT_PLAN_ELU: FUNCTION<CT_PLAN_ELU>(__VA_ARGS__); break;           \
    case CT_PLAN_SOFTPLUS: FUNCTION<CT_PLAN_SOFTPLUS>(__VA_ARGS__); break; \
    case CT_PLAN_GELU: FUNCTION<CT_PLAN_GELU>(__VA_ARGS__); break;         \
    case CT_PLAN_SILU: FUNCTION<CT_PLAN_SILU>(__VA_ARGS__); break;         \
    case CT_PLAN_GELU_TANH: FUNCTION<CT_PLAN_GELU_TANH>(__VA_ARGS__); break;   \
    case CT_PLAN_HARD_SWISH: FUNCTION<CT_PLAN_HARD_SWISH>(__VA_ARGS__); break; \
    case CT_PLAN_MISH: FUNCTION<CT_PLAN_MISH>(__VA_ARGS__); break;         \
    default: FUNCTION<CT_PLAN_LINEAR>(__VA_ARGS__); break;                 \
  }

template <int32_t CODE>
void activate_as(const float *x, const float *bias, float *y, int64_t rows, int64_t columns,
                 float first, float second) {
  if (!bias) {
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < rows * columns; ++i) y[i] = activated<CODE>(x[i], first, second);
    return;
  }
  for (int64_t row = 0; row < rows; ++row) {
    const float *from = x + row * columns;
    float *to = y + row * columns;
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < columns; ++i) to[i] = activated<CODE>(from[i] + bias[i], first, second);
  }
}

void activate(const float *x, const float *bias, float *y, int64_t rows, int64_t columns,
              Activation f) {
  LASAGNE_FOR_ACTIVATION(f.code, activate_as, x, bias, y, rows, columns, f.first, f.second)
}

template <int32_t CODE>
void activate_keeping_as(const float *x, const float *bias, float *argument, float *y, int64_t rows,
                         int64_t columns, float first, float second) {
  for (int64_t row = 0; row < rows; ++row, x += columns, argument += columns, y += columns) {
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < columns; ++i) {
      const float sum = bias ? x[i] + bias[i] : x[i];
      argument[i] = sum;
      y[i] = activated<CODE>(sum, first, second);
    }
  }
}

void activate_keeping(const float *x, const float *bias, float *argument, float *y, int64_t rows,
                      int64_t columns, Activation f) {
  LASAGNE_FOR_ACTIVATION(f.code, activate_keeping_as, x, bias, argument, y, rows, columns, f.first,
                         f.second)
}

void add_part_of_column_sums(const float *x, int64_t step, float *__restrict sums, int64_t rows,
                             int64_t columns) {
  for (int64_t row = 0; row < rows; ++row, x += step) {
    for (int64_t i = 0; i < columns; ++i) sums[i] += x[i];
  }
}

void add_column_sums(const float *x, float *__restrict sums, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row) {
    const float *from = x + row * columns;
    for (int64_t i = 0; i < columns; ++i) sums[i] += from[i];
  }
}

template <int32_t CODE>
void activate_back_as(const float *value, const float *dy, float *dx,
                      float *__restrict bias_gradient, int64_t rows, int64_t columns, float first,
                      float second) {
  for (int64_t row = 0; row < rows; ++row) {
    const float *v = value + row * columns;
    const float *from = dy + row * columns;
    float *to = dx + row * columns;
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < columns; ++i) to[i] = from[i] * slope<CODE>(v[i], first, second);
    if (bias_gradient) {
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < columns; ++i) bias_gradient[i] += to[i];
    }
  }
}

void activate_back(const float *value, const float *dy, float *dx, float *bias_gradient,
                   int64_t rows, int64_t columns, Activation f) {
  LASAGNE_FOR_ACTIVATION(f.code, activate_back_as, value, dy, dx, bias_gradient, rows, columns,
                         f.first, f.second)
}

/// The greatest entry, or one that is not a number where there is one.
LASAGNE_INLINE float greatest(const float *x, int64_t count) {
  float most = x[0];
  for (int64_t i = 1; i < count; ++i) most = x[i] > most || x[i] != x[i] ? x[i] : most;
  return most;
}

/// The exponentials of the numbers minus the greatest; returns their sum.
LASAGNE_INLINE float exponentials(const float *x, float most, float *y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) y[i] = exponential(x[i] - most);
  return static_cast<float>(sum_of(
      count, [&](int64_t i) { return load(y + i); }, [&](int64_t i) { return y[i]; }));
}

void softmax(const float *x, float *y, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row, x += columns, y += columns) {
    const float total = exponentials(x, greatest(x, columns), y, columns);
    const float factor = 1.0f / total;
    for (int64_t i = 0; i < columns; ++i) y[i] *= factor;
  }
}

void softmax_back(const float *y, const float *dy, float *dx, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row, y += columns, dy += columns, dx += columns) {
    const float mean = static_cast<float>(sum_of(
        columns, [&](int64_t i) { return load(y + i) * load(dy + i); },
        [&](int64_t i) { return y[i] * dy[i]; }));
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < columns; ++i) dx[i] = y[i] * (dy[i] - mean);
  }
}
