// Part of kernels_body.hpp: losses, each with its gradient.

double cross_entropy(const float *logits, const int64_t *labels, const float *targets,
                     float *gradient, int64_t rows, int64_t columns, float scale,
                     double *correct) {
  double total = 0;
  int64_t right = 0;
  for (int64_t row = 0; row < rows; ++row, logits += columns, gradient += columns) {
    if (labels && labels[row] < 0) {
      for (int64_t i = 0; i < columns; ++i) gradient[i] = 0;
      continue;
    }
    const float most = greatest(logits, columns);
    const float denominator = exponentials(logits, most, gradient, columns);
    const float logarithm = __builtin_logf(denominator);
    const float factor = 1.0f / denominator;
    int64_t highest = 0;
    while (highest + 1 < columns && !(logits[highest] == most)) ++highest;
    if (labels) {
      const int64_t label = labels[row];
      total += logarithm - (logits[label] - most);
      for (int64_t i = 0; i < columns; ++i) gradient[i] *= factor * scale;
      gradient[label] -= scale;
      right += highest == label;
      continue;
    }
    // Each class weighs as much as its target says.
    const float *target = targets + row * columns;
    float weight = 0;
    int64_t wanted = 0;
    for (int64_t i = 0; i < columns; ++i) {
      weight += target[i];
      total += target[i] * (logarithm - (logits[i] - most));
      if (target[i] > target[wanted]) wanted = i;
    }
    for (int64_t i = 0; i < columns; ++i) {
      gradient[i] = scale * (weight * factor * gradient[i] - target[i]);
    }
    right += highest == wanted;
  }
  *correct += static_cast<double>(right);
  return total;
}

double binary_cross_entropy(const float *logits, const float *targets, float *gradient,
                            int64_t count, float scale, double *correct) {
  double total = 0;
  int64_t right = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float x = logits[i], magnitude = x < 0 ? -x : x;
    const float softplus = (x > 0 ? x : 0.0f) + __builtin_log1pf(exponential(-magnitude));
    // Not a number stays that.
    total += (x == x ? softplus : x) - targets[i] * x;
    gradient[i] = scale * (sigmoid(x) - targets[i]);
    right += (sigmoid(x) >= 0.5f ? 1.0f : 0.0f) == targets[i];
  }
  *correct += static_cast<double>(right);
  return total;
}

double squared_error(const float *x, const float *targets, float *gradient, int64_t count,
                     float scale) {
  for (int64_t i = 0; i < count; ++i) gradient[i] = 2.0f * scale * (x[i] - targets[i]);
  return sum_of(
      count,
      [&](int64_t i) {
        const Vector difference = load(x + i) - load(targets + i);
        return difference * difference;
      },
      [&](int64_t i) { return (x[i] - targets[i]) * (x[i] - targets[i]); });
}

double huber(const float *x, const float *targets, float *gradient, int64_t count, float delta,
             float scale) {
  double total = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float difference = x[i] - targets[i];
    const float distance = difference < 0 ? -difference : difference;
    const bool is_near = distance <= delta;
    total += is_near ? 0.5f * difference * difference : delta * (distance - 0.5f * delta);
    gradient[i] = scale * (is_near ? difference : (difference < 0 ? -delta : delta));
  }
  return total;
}
