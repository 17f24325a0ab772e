// Part of kernels_body.hpp: penalties, norms, and the update rules with Lasagne's formulas.

double sum_of_squares(const float *x, int64_t count) {
  return sum_of(
      count, [&](int64_t i) { return load(x + i) * load(x + i); },
      [&](int64_t i) { return x[i] * x[i]; });
}

void penalize(const float *x, float *__restrict gradient, int64_t count, double l1, double l2,
              double *absolute_sum, double *square_sum) {
  const float slope = static_cast<float>(l1), twice = static_cast<float>(2 * l2);
  if (l2 != 0) *square_sum += sum_of_squares(x, count);
  if (l1 != 0) {
    *absolute_sum += sum_of(
        count,
        [&](int64_t i) {
          const Vector v = load(x + i);
          return v < Vector{} ? -v : v;
        },
        [&](int64_t i) { return x[i] < 0 ? -x[i] : x[i]; });
  }
  if (!gradient) return;
  if (l1 == 0) {
    for (int64_t i = 0; i < count; ++i) gradient[i] += twice * x[i];
  } else {
    for (int64_t i = 0; i < count; ++i) {
      const float sign = x[i] > 0 ? 1.0f : (x[i] < 0 ? -1.0f : 0.0f);
      gradient[i] += twice * x[i] + slope * sign;
    }
  }
}

LASAGNE_INLINE float root(float number) { return __builtin_sqrtf(number); }

LASAGNE_INLINE Vector root(Vector numbers) {
  for (int64_t lane = 0; lane < lanes; ++lane) numbers[lane] = __builtin_sqrtf(numbers[lane]);
  return numbers;
}

/// How many states a rule remembers for each number.
constexpr int states_of(int32_t rule) {
  switch (rule) {
    case CT_PLAN_SGD: return 0;
    case CT_PLAN_MOMENTUM:
    case CT_PLAN_NESTEROV:
    case CT_PLAN_ADAGRAD:
    case CT_PLAN_RMSPROP: return 1;
    case CT_PLAN_AMSGRAD: return 3;
    default: return 2;
  }
}

/// A rule's formula, for one number or a vector of them.
template <int32_t RULE>
struct Formula {
  static constexpr int states = states_of(RULE);
  float rate, a, b, epsilon, rest_a, rest_b;

  /// The rate (corrected for the bias where the rule has that), then the rule's settings.
  LASAGNE_INLINE explicit Formula(const double *numbers)
      : rate(static_cast<float>(numbers[0])),
        a(static_cast<float>(numbers[1])),
        b(static_cast<float>(numbers[2])),
        epsilon(static_cast<float>(numbers[3])),
        rest_a(static_cast<float>(1 - numbers[1])),
        rest_b(static_cast<float>(1 - numbers[2])) {}

  template <class N>
  LASAGNE_INLINE void apply(N g, N &p, N &first, N &second, N &third) const {
    if constexpr (RULE == CT_PLAN_SGD) {
      p -= rate * g;
    } else if constexpr (RULE == CT_PLAN_MOMENTUM) {
      first = a * first - rate * g;
      p += first;
    } else if constexpr (RULE == CT_PLAN_NESTEROV) {
      const N step = rate * g;
      first = a * first - step;
      p += a * first - step;
    } else if constexpr (RULE == CT_PLAN_ADAGRAD) {
      first += g * g;
      p -= rate * g / root(first + epsilon);
    } else if constexpr (RULE == CT_PLAN_RMSPROP) {
      first = a * first + rest_a * g * g;
      p -= rate * g / root(first + epsilon);
    } else if constexpr (RULE == CT_PLAN_ADADELTA) {
      first = a * first + rest_a * g * g;
      const N change = g * root(second + epsilon) / root(first + epsilon);
      p -= rate * change;
      second = a * second + rest_a * change * change;
    } else if constexpr (RULE == CT_PLAN_ADAM) {
      first = a * first + rest_a * g;
      second = b * second + rest_b * g * g;
      p -= rate * first / (root(second) + epsilon);
    } else if constexpr (RULE == CT_PLAN_ADAMAX) {
      const N magnitude = g < N{} ? -g : g, before = b * second;
      first = a * first + rest_a * g;
      second = before > magnitude ? before : magnitude;
      p -= rate * first / (second + epsilon);
    } else {
      static_assert(RULE == CT_PLAN_AMSGRAD);
      first = a * first + rest_a * g;
      second = b * second + rest_b * g * g;
      third = third > second ? third : second;
      p -= rate * first / (root(third) + epsilon);
    }
  }
};

/// Calls `body` with the formula of a rule.
template <class Body>
LASAGNE_INLINE void with_formula(int32_t rule, const double *numbers, Body body) {
#define LASAGNE_CASE(RULE) \
  case RULE: return body(Formula<RULE>(numbers));
  switch (rule) {
    LASAGNE_CASE(CT_PLAN_SGD)
    LASAGNE_CASE(CT_PLAN_MOMENTUM)
    LASAGNE_CASE(CT_PLAN_NESTEROV)
    LASAGNE_CASE(CT_PLAN_ADAGRAD)
    LASAGNE_CASE(CT_PLAN_RMSPROP)
    LASAGNE_CASE(CT_PLAN_ADADELTA)
    LASAGNE_CASE(CT_PLAN_ADAM)
    LASAGNE_CASE(CT_PLAN_ADAMAX)
    LASAGNE_CASE(CT_PLAN_AMSGRAD)
    default: return;
  }
#undef LASAGNE_CASE
}

/// Changes the number (or vector) at a place of a parameter, and what the rule remembers of it.
template <class N, class Rule>
LASAGNE_INLINE void change(const Rule &formula, N gradient, const Updated &numbers, int64_t place) {
  N p, states[3] = {};
  __builtin_memcpy(&p, numbers.value + place, sizeof(N));
  for (int i = 0; i < Rule::states; ++i) {
    __builtin_memcpy(&states[i], numbers.states[i] + place, sizeof(N));
  }
  formula.apply(gradient, p, states[0], states[1], states[2]);
  __builtin_memcpy(numbers.value + place, &p, sizeof(N));
  for (int i = 0; i < Rule::states; ++i) {
    __builtin_memcpy(numbers.states[i] + place, &states[i], sizeof(N));
  }
}

template <class Rule>
LASAGNE_INLINE void change_row(const Rule &formula, const float *gradient, float factor,
                               const Updated &numbers, int64_t count) {
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    change<Vector>(formula, factor * load(gradient + i), numbers, i);
  }
  for (; i < count; ++i) change<float>(formula, factor * gradient[i], numbers, i);
}

void update(int32_t rule, const double *numbers, float factor, const UpdatedTensor &tensor) {
  with_formula(rule, numbers, [&](const auto &formula) {
    change_row(formula, tensor.gradient, factor, tensor.numbers, tensor.count);
  });
}
