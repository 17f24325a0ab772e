// Part of kernels_body.hpp: attention, a head of a sample at a time, so that its scores stay in the
// cache between the products.

/// The sum of all lanes, in halves.
LASAGNE_INLINE float across(Vector value) {
  float numbers[lanes];
  store(numbers, value);
  for (int64_t half = lanes / 2; half > 0; half /= 2) {
    for (int64_t lane = 0; lane < half; ++lane) numbers[lane] += numbers[lane + half];
  }
  return numbers[0];
}

/// The sum of term(i) for i below count: a vector at i, or one number where fewer are left.
template <class Vectors, class Numbers>
LASAGNE_INLINE float row_sum(int64_t count, Vectors vectors, Numbers numbers) {
  Vector sums[2] = {};
  int64_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    sums[0] += vectors(i);
    sums[1] += vectors(i + lanes);
  }
  if (i + lanes <= count) {
    sums[0] += vectors(i);
    i += lanes;
  }
  float total = across(sums[0] + sums[1]);
  for (; i < count; ++i) total += numbers(i);
  return total;
}

/// The greatest number; what is not a number is passed over.
LASAGNE_INLINE float row_greatest(const float *x, int64_t count) {
  float most = -__builtin_inff();
  int64_t i = 0;
  if (count >= lanes) {
    Vector greater = load(x);
    for (i = lanes; i + lanes <= count; i += lanes) {
      const Vector next = load(x + i);
      greater = next > greater ? next : greater;
    }
    float numbers[lanes];
    store(numbers, greater);
    for (int64_t lane = 0; lane < lanes; ++lane) most = numbers[lane] > most ? numbers[lane] : most;
  }
  for (; i < count; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

/// Rows of queries that are done at once; fewer where each sees only the keys up to its own place,
/// since products are made for all keys that the last of them sees.
LASAGNE_INLINE int64_t query_block(const AttentionShape &shape) { return shape.causal ? 32 : 64; }

/// What a head of a sample works on.
template <class Number>
LASAGNE_INLINE Number *head_of(Number *all, int64_t pair, int64_t steps,
                               const AttentionShape &shape) {
  return all + pair / shape.heads * steps * shape.inner() + pair % shape.heads * shape.width;
}

/// A row of scores becomes weights: of the first `count` keys those that are seen. Where none is, all
/// are 0.
LASAGNE_INLINE void weigh(float *scores, const float *seen, int64_t count, float scale) {
  if (seen) {
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) scores[i] = seen[i] != 0 ? scores[i] : -__builtin_inff();
  }
  const float most = row_greatest(scores, count);
  if (seen) {
    if (most == -__builtin_inff()) {
      // What is not a number stays that.
      LASAGNE_INDEPENDENT
      for (int64_t i = 0; i < count; ++i) scores[i] = scores[i] == most ? 0.0f : scores[i];
      return;
    }
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) {
      const float share = exponential((scores[i] - most) * scale);
      scores[i] = seen[i] != 0 ? share : 0.0f;
    }
  } else {
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) scores[i] = exponential((scores[i] - most) * scale);
  }
  const float factor = 1.0f / row_sum(
      count, [&](int64_t i) { return load(scores + i); }, [&](int64_t i) { return scores[i]; });
  for (int64_t i = 0; i < count; ++i) scores[i] *= factor;
}

void attend(const float *queries, const float *keys, const float *values, const float *mask,
            const float *kept, float *weights, float *out, int64_t begin, int64_t end,
            const AttentionShape &shape) {
  const int64_t inner = shape.inner(), block = query_block(shape);
  for (int64_t pair = begin; pair < end; ++pair) {
    const float *q = head_of(queries, pair, shape.queries, shape);
    const float *k = head_of(keys, pair, shape.keys, shape);
    const float *v = head_of(values, pair, shape.keys, shape);
    float *o = head_of(out, pair, shape.queries, shape);
    const int64_t first = pair * shape.queries * shape.keys;
    for (int64_t top = 0; top < shape.queries; top += block) {
      const int64_t bottom = top + block < shape.queries ? top + block : shape.queries;
      const int64_t visible = shape.causal ? bottom : shape.keys;
      float *rows = weights + first + top * shape.keys;
      multiply(bottom - top, visible, shape.width, q + top * inner, inner, 1, k, 1, inner, rows,
               shape.keys, false, 0);
      for (int64_t row = top; row < bottom; ++row) {
        float *scores = weights + first + row * shape.keys;
        const int64_t count = shape.causal ? row + 1 : shape.keys;
        const float *seen =
            mask ? mask + (pair / shape.heads * shape.mask_rows + (shape.mask_rows > 1 ? row : 0)) *
                              shape.keys
                 : nullptr;
        weigh(scores, seen, count, shape.scale);
        for (int64_t i = count; i < visible; ++i) scores[i] = 0;
      }
      const float *used = rows;
      if (kept) {
        float *dropped = workspace(Workspace::attention, 2 * block * shape.keys);
        for (int64_t row = top; row < bottom; ++row) {
          const int64_t place = first + row * shape.keys;
          multiply_each(weights + place, kept + place, shape.kept_scale,
                        dropped + (row - top) * shape.keys, visible, false);
        }
        used = dropped;
      }
      multiply(bottom - top, shape.width, visible, used, shape.keys, 1, v, inner, 1,
               o + top * inner, inner, false, 0);
    }
  }
}

void attend_back(const float *queries, const float *keys, const float *values, const float *kept,
                 const float *weights, const float *out_gradient, float *query_gradient,
                 float *key_gradient, float *value_gradient, int64_t begin, int64_t end,
                 const AttentionShape &shape) {
  const int64_t inner = shape.inner(), block = query_block(shape);
  const int64_t blocks = (shape.queries + block - 1) / block;
  for (int64_t pair = begin; pair < end; ++pair) {
    const float *q = head_of(queries, pair, shape.queries, shape);
    const float *k = head_of(keys, pair, shape.keys, shape);
    const float *v = head_of(values, pair, shape.keys, shape);
    const float *go = head_of(out_gradient, pair, shape.queries, shape);
    float *gq = head_of(query_gradient, pair, shape.queries, shape);
    float *gk = head_of(key_gradient, pair, shape.keys, shape);
    float *gv = head_of(value_gradient, pair, shape.keys, shape);
    const int64_t first = pair * shape.queries * shape.keys;
    // The last rows see every key: what they give is there for the others to add to.
    for (int64_t number = blocks - 1; number >= 0; --number) {
      const int64_t top = number * block;
      const int64_t bottom = top + block < shape.queries ? top + block : shape.queries;
      const int64_t count = bottom - top, visible = shape.causal ? bottom : shape.keys;
      const bool adds = number + 1 < blocks;
      float *slopes = workspace(Workspace::attention, 2 * block * shape.keys);
      const float *used = weights + first + top * shape.keys;
      multiply(count, visible, shape.width, go + top * inner, inner, 1, v, 1, inner, slopes,
               shape.keys, false, 0);
      if (kept) {
        float *dropped = slopes + block * shape.keys;
        for (int64_t row = 0; row < count; ++row) {
          const int64_t place = first + (top + row) * shape.keys;
          float *slope = slopes + row * shape.keys;
          multiply_each(weights + place, kept + place, shape.kept_scale,
                        dropped + row * shape.keys, visible, false);
          multiply_each(slope, kept + place, shape.kept_scale, slope, visible, false);
        }
        used = dropped;
      }
      multiply(visible, shape.width, count, used, 1, shape.keys, go + top * inner, inner, 1, gv,
               inner, adds, 0);
      for (int64_t row = 0; row < count; ++row) {
        const float *weight = weights + first + (top + row) * shape.keys;
        float *slope = slopes + row * shape.keys;
        const float mean = row_sum(
            visible, [&](int64_t i) { return load(weight + i) * load(slope + i); },
            [&](int64_t i) { return weight[i] * slope[i]; });
        LASAGNE_INDEPENDENT
        for (int64_t i = 0; i < visible; ++i) {
          slope[i] = weight[i] * (slope[i] - mean) * shape.scale;
        }
      }
      multiply(count, shape.width, visible, slopes, shape.keys, 1, k, inner, 1, gq + top * inner,
               inner, false, 0);
      multiply(visible, shape.width, count, slopes, 1, shape.keys, q + top * inner, inner, 1, gk,
               inner, adds, 0);
    }
  }
}
