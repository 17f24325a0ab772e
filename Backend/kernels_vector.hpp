// Part of kernels_body.hpp: vectors of `LASAGNE_LANES` floats.

constexpr int64_t lanes = LASAGNE_LANES;

// Before a loop whose turns do not depend on each other: pointers are too many for the compiler to
// find that out, or the loop works in place. Where it calls libm's functions, it stays as it is.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define LASAGNE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define LASAGNE_UNROLLED _Pragma("clang loop unroll(full)")
#define LASAGNE_UNROLLED_BY_FOUR _Pragma("clang loop unroll_count(4)")
#else
#define LASAGNE_INDEPENDENT _Pragma("GCC ivdep")
#define LASAGNE_UNROLLED _Pragma("GCC unroll 16")
#define LASAGNE_UNROLLED_BY_FOUR _Pragma("GCC unroll 4")
#endif

// LASAGNE_UNROLLED stands before a loop over vectors that must stay in registers.

typedef float Vector __attribute__((vector_size(4 * LASAGNE_LANES)));
typedef int32_t LaneBits __attribute__((vector_size(4 * LASAGNE_LANES)));
typedef float LooseVector __attribute__((vector_size(4 * LASAGNE_LANES), aligned(4), may_alias));

LASAGNE_INLINE Vector load(const float *from) {
  return *reinterpret_cast<const LooseVector *>(from);
}

LASAGNE_INLINE void store(float *to, Vector value) {
  *reinterpret_cast<LooseVector *>(to) = value;
}

LASAGNE_INLINE Vector splat(float number) { return Vector{} + number; }

LASAGNE_INLINE Vector load_part(const float *from, int64_t count) {
  Vector value = {};
  __builtin_memcpy(&value, from, static_cast<size_t>(count) * sizeof(float));
  return value;
}

LASAGNE_INLINE void store_part(float *to, Vector value, int64_t count) {
  __builtin_memcpy(to, &value, static_cast<size_t>(count) * sizeof(float));
}

LASAGNE_INLINE double sum(Vector value) {
  double total = 0;
  for (int64_t lane = 0; lane < lanes; ++lane) total += value[lane];
  return total;
}

/// The sum of term(i) for i below count, where term gives a vector at i or, if there are fewer
/// than `lanes` left, one number. Always added in the same order.
template <class Vectors, class Numbers>
LASAGNE_INLINE double sum_of(int64_t count, Vectors vectors, Numbers numbers) {
  double total = 0;
  int64_t i = 0;
  // Floats for a while, then doubles: as quick as the one and nearly as exact as the other.
  while (i + 4 * lanes <= count) {
    Vector sums[4] = {};
    const int64_t end = count - i < 4096 ? count : i + 4096;
    for (; i + 4 * lanes <= end; i += 4 * lanes) {
      for (int part = 0; part < 4; ++part) sums[part] += vectors(i + part * lanes);
    }
    total += sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }
  for (; i < count; ++i) total += numbers(i);
  return total;
}

/// e^x as p · 2^n, with n whole: |r| ≤ ln 2 / 2 for the rest r of x.
LASAGNE_INLINE float exponential_part(float x, float *whole) {
  const float magic = 12582912.0f;  // Adding it rounds to a whole number.
  const float n = (x * 1.44269504088896341f + magic) - magic;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  *whole = n;
  return p * r * r + r + 1.0f;
}

/// 2^n for whole n, from -126 to 127.
LASAGNE_INLINE float power_of_two(int32_t n) {
  const int32_t bits = (n + 127) << 23;
  float result;
  __builtin_memcpy(&result, &bits, 4);
  return result;
}

/// e^x, within two units in the last place.
LASAGNE_INLINE float exponential(float x) {
  x = x > 88.8f ? 88.8f : x;
  x = x < -104.0f ? -104.0f : x;
  float n;
  const float p = exponential_part(x, &n);
  // In two factors, so that results near the limits of the format come out right.
  const int32_t whole = static_cast<int32_t>(n == n ? n : 0.0f);
  const int32_t half = whole >> 1;
  return p * power_of_two(half) * power_of_two(whole - half);
}

/// The same for x whose result is compared with 1: beyond ±87 it stays as it is there.
LASAGNE_INLINE float bounded_exponential(float x) {
  x = x > 87.0f ? 87.0f : x;
  x = x < -87.0f ? -87.0f : x;
  float n;
  const float p = exponential_part(x, &n);
  return p * power_of_two(static_cast<int32_t>(n == n ? n : 0.0f));
}

LASAGNE_INLINE float sigmoid(float x) { return 1.0f / (1.0f + bounded_exponential(-x)); }

LASAGNE_INLINE float hyperbolic_tangent(float x) {
  const float square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const float near = p * square * x + x;
  const float magnitude = x < 0 ? -x : x;
  const float far = 1.0f - 2.0f / (bounded_exponential(2.0f * magnitude) + 1.0f);
  return magnitude < 0.625f ? near : (x < 0 ? -far : far);
}

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define LASAGNE_TURNS_SQUARES
#endif
#endif

#if defined(LASAGNE_TURNS_SQUARES)
#if LASAGNE_LANES == 16
#define LASAGNE_LANES_OF(F) \
  F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7), F(8), F(9), F(10), F(11), F(12), F(13), F(14), F(15)
#elif LASAGNE_LANES == 8
#define LASAGNE_LANES_OF(F) F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7)
#else
#define LASAGNE_LANES_OF(F) F(0), F(1), F(2), F(3)
#endif
#define LASAGNE_LOW(LANE) (LANE & STEP ? LASAGNE_LANES + LANE - STEP : LANE)
#define LASAGNE_HIGH(LANE) (LANE & STEP ? LASAGNE_LANES + LANE : LANE + STEP)

/// Exchanges the upper right and lower left quarters of all squares of 2 · STEP rows.
template <int STEP>
LASAGNE_INLINE void exchange_quarters(Vector (&rows)[lanes]) {
  LASAGNE_UNROLLED
  for (int row = 0; row < lanes; ++row) {
    if (row & STEP) continue;
    const Vector low = rows[row], high = rows[row + STEP];
    rows[row] = __builtin_shufflevector(low, high, LASAGNE_LANES_OF(LASAGNE_LOW));
    rows[row + STEP] = __builtin_shufflevector(low, high, LASAGNE_LANES_OF(LASAGNE_HIGH));
  }
}

/// Turns a square of `lanes` rows, whose rows lie a step apart.
LASAGNE_INLINE void turn_square(const float *from, int64_t from_step, float *to, int64_t to_step) {
  Vector rows[lanes];
  LASAGNE_UNROLLED
  for (int row = 0; row < lanes; ++row) rows[row] = load(from + row * from_step);
  if constexpr (lanes > 8) exchange_quarters<8>(rows);
  if constexpr (lanes > 4) exchange_quarters<4>(rows);
  exchange_quarters<2>(rows);
  exchange_quarters<1>(rows);
  LASAGNE_UNROLLED
  for (int row = 0; row < lanes; ++row) store(to + row * to_step, rows[row]);
}

#undef LASAGNE_LOW
#undef LASAGNE_HIGH
#undef LASAGNE_LANES_OF
#endif
