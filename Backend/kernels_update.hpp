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

/// `numbers`: the rate (corrected for the bias where the rule has that), then the rule's settings.
void update(int32_t rule, const double *numbers, float factor, const UpdatedTensor &tensor) {
  float *__restrict p = tensor.value;
  const float *__restrict gradient = tensor.gradient;
  float *__restrict first = tensor.first;
  float *__restrict second = tensor.second;
  float *__restrict third = tensor.third;
  const int64_t count = tensor.count;
  const float rate = static_cast<float>(numbers[0]);
  const float a = static_cast<float>(numbers[1]), b = static_cast<float>(numbers[2]);
  const float epsilon = static_cast<float>(numbers[3]);
  const float rest_a = static_cast<float>(1 - numbers[1]);
  const float rest_b = static_cast<float>(1 - numbers[2]);
  switch (rule) {
    case CT_PLAN_SGD:
      for (int64_t i = 0; i < count; ++i) p[i] -= rate * (factor * gradient[i]);
      break;
    case CT_PLAN_MOMENTUM:
      for (int64_t i = 0; i < count; ++i) {
        first[i] = a * first[i] - rate * (factor * gradient[i]);
        p[i] += first[i];
      }
      break;
    case CT_PLAN_NESTEROV:
      for (int64_t i = 0; i < count; ++i) {
        const float step = rate * (factor * gradient[i]);
        first[i] = a * first[i] - step;
        p[i] += a * first[i] - step;
      }
      break;
    case CT_PLAN_ADAGRAD:
      for (int64_t i = 0; i < count; ++i) {
        const float g = factor * gradient[i];
        first[i] += g * g;
        p[i] -= rate * g / __builtin_sqrtf(first[i] + epsilon);
      }
      break;
    case CT_PLAN_RMSPROP:
      for (int64_t i = 0; i < count; ++i) {
        const float g = factor * gradient[i];
        first[i] = a * first[i] + rest_a * g * g;
        p[i] -= rate * g / __builtin_sqrtf(first[i] + epsilon);
      }
      break;
    case CT_PLAN_ADADELTA:
      for (int64_t i = 0; i < count; ++i) {
        const float g = factor * gradient[i];
        first[i] = a * first[i] + rest_a * g * g;
        const float change =
            g * __builtin_sqrtf(second[i] + epsilon) / __builtin_sqrtf(first[i] + epsilon);
        p[i] -= rate * change;
        second[i] = a * second[i] + rest_a * change * change;
      }
      break;
    case CT_PLAN_ADAM:
      for (int64_t i = 0; i < count; ++i) {
        const float g = factor * gradient[i];
        first[i] = a * first[i] + rest_a * g;
        second[i] = b * second[i] + rest_b * g * g;
        p[i] -= rate * first[i] / (__builtin_sqrtf(second[i]) + epsilon);
      }
      break;
    case CT_PLAN_ADAMAX:
      for (int64_t i = 0; i < count; ++i) {
        const float g = factor * gradient[i];
        const float magnitude = g < 0 ? -g : g;
        first[i] = a * first[i] + rest_a * g;
        second[i] = b * second[i] > magnitude ? b * second[i] : magnitude;
        p[i] -= rate * first[i] / (second[i] + epsilon);
      }
      break;
    case CT_PLAN_AMSGRAD:
      for (int64_t i = 0; i < count; ++i) {
        const float g = factor * gradient[i];
        first[i] = a * first[i] + rest_a * g;
        second[i] = b * second[i] + rest_b * g * g;
        third[i] = third[i] > second[i] ? third[i] : second[i];
        p[i] -= rate * first[i] / (__builtin_sqrtf(third[i]) + epsilon);
      }
      break;
    default: break;
  }
}
