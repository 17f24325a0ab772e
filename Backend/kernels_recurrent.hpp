// Part of kernels_body.hpp: single steps of recurrent cells, all gates in one pass.

void copy_rows(const float *from, int64_t from_step, float *to, int64_t to_step, int64_t rows,
               int64_t width, bool adds) {
  for (int64_t row = 0; row < rows; ++row, from += from_step, to += to_step) {
    if (adds) {
      for (int64_t i = 0; i < width; ++i) to[i] += from[i];
    } else {
      __builtin_memcpy(to, from, static_cast<size_t>(width) * sizeof(float));
    }
  }
}

void gru_step(const float *given, const float *bias, float *gates, float *fresh,
              const float *hidden, float *next, int64_t rows, int64_t units) {
  for (int64_t row = 0; row < rows; ++row) {
    const float *in = given + row * 3 * units;
    float *__restrict g = gates + row * 3 * units;
    float *__restrict n = fresh + row * units;
    float *__restrict to = next + row * units;
    const float *from = hidden + row * units;
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < units; ++i) {
      const float update = sigmoid(in[i] + bias[i] + g[i]);
      const float reset = sigmoid(in[units + i] + bias[units + i] + g[units + i]);
      const float value = hyperbolic_tangent(in[2 * units + i] + bias[2 * units + i] +
                                             reset * g[2 * units + i]);
      g[i] = update;
      g[units + i] = reset;
      n[i] = value;
      to[i] = (1.0f - update) * from[i] + update * value;
    }
  }
}

void gru_step_back(const float *next_gradient, const float *gates, const float *fresh,
                   const float *hidden, float *given_gradient, float *carried_gradient,
                   float *hidden_gradient, int64_t rows, int64_t units) {
  for (int64_t row = 0; row < rows; ++row) {
    const float *g = gates + row * 3 * units, *n = fresh + row * units;
    const float *from = next_gradient + row * units, *h = hidden + row * units;
    float *__restrict in = given_gradient + row * 3 * units;
    float *__restrict carried = carried_gradient + row * 3 * units;
    float *__restrict to = hidden_gradient + row * units;
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < units; ++i) {
      const float update = g[i], reset = g[units + i];
      const float d_fresh = from[i] * update * (1.0f - n[i] * n[i]);
      const float d_update = from[i] * (n[i] - h[i]) * update * (1.0f - update);
      const float d_reset = d_fresh * g[2 * units + i] * reset * (1.0f - reset);
      in[i] = carried[i] = d_update;
      in[units + i] = carried[units + i] = d_reset;
      in[2 * units + i] = d_fresh;
      carried[2 * units + i] = d_fresh * reset;
      to[i] = from[i] * (1.0f - update);
    }
  }
}

/// Gates in the order in, forget, cell, out; `peepholes` (or null) of in, forget and out.
template <bool peeps>
void lstm_step_as(const float *bias, const float *peepholes, float *gates, const float *cell,
                  float *next_cell, float *squashed, float *next, int64_t rows, int64_t units) {
  for (int64_t row = 0; row < rows; ++row) {
    const float *c = cell + row * units;
    float *__restrict g = gates + row * 4 * units;
    float *__restrict to = next_cell + row * units;
    float *__restrict s = squashed + row * units;
    float *__restrict h = next + row * units;
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < units; ++i) {
      const auto sum = [&](int64_t place) { return bias[place] + g[place]; };
      const auto seen = [&](int64_t place, float by) {
        return peeps ? by * peepholes[place] : 0.0f;
      };
      const float entering = sigmoid(sum(i) + seen(i, c[i]));
      const float kept = sigmoid(sum(units + i) + seen(units + i, c[i]));
      const float value = hyperbolic_tangent(sum(2 * units + i));
      const float fresh = kept * c[i] + entering * value;
      const float leaving = sigmoid(sum(3 * units + i) + seen(2 * units + i, fresh));
      const float out = hyperbolic_tangent(fresh);
      g[i] = entering;
      g[units + i] = kept;
      g[2 * units + i] = value;
      g[3 * units + i] = leaving;
      to[i] = fresh;
      s[i] = out;
      h[i] = leaving * out;
    }
  }
}

void lstm_step(const float *bias, const float *peepholes, float *gates, const float *cell,
               float *next_cell, float *squashed, float *next, int64_t rows, int64_t units) {
  const auto step = peepholes ? lstm_step_as<true> : lstm_step_as<false>;
  step(bias, peepholes, gates, cell, next_cell, squashed, next, rows, units);
}

template <bool peeps>
void lstm_step_back_as(const float *next_gradient, float *cell_gradient, float *gates,
                       const float *cell, const float *next_cell, const float *squashed,
                       const float *peepholes, float *peephole_gradient, int64_t rows,
                       int64_t units) {
  for (int64_t row = 0; row < rows; ++row) {
    const float *c = cell + row * units, *fresh = next_cell + row * units;
    const float *s = squashed + row * units, *from = next_gradient + row * units;
    float *__restrict dc = cell_gradient + row * units;
    float *__restrict g = gates + row * 4 * units;
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < units; ++i) {
      const float entering = g[i], kept = g[units + i];
      const float value = g[2 * units + i], leaving = g[3 * units + i];
      const float d_leaving = from[i] * s[i] * leaving * (1.0f - leaving);
      float d_fresh = dc[i] + from[i] * leaving * (1.0f - s[i] * s[i]);
      if (peeps) d_fresh += d_leaving * peepholes[2 * units + i];
      const float d_entering = d_fresh * value * entering * (1.0f - entering);
      const float d_kept = d_fresh * c[i] * kept * (1.0f - kept);
      g[i] = d_entering;
      g[units + i] = d_kept;
      g[2 * units + i] = d_fresh * entering * (1.0f - value * value);
      g[3 * units + i] = d_leaving;
      float d_cell = d_fresh * kept;
      if (peeps) d_cell += d_entering * peepholes[i] + d_kept * peepholes[units + i];
      dc[i] = d_cell;
    }
    if (!peephole_gradient) continue;
    float *__restrict dp = peephole_gradient;
    LASAGNE_INDEPENDENT
    for (int64_t i = 0; i < units; ++i) {
      dp[i] += g[i] * c[i];
      dp[units + i] += g[units + i] * c[i];
      dp[2 * units + i] += g[3 * units + i] * fresh[i];
    }
  }
}

/// `cell_gradient` is that of the next cell and becomes that of the cell.
void lstm_step_back(const float *next_gradient, float *cell_gradient, float *gates,
                    const float *cell, const float *next_cell, const float *squashed,
                    const float *peepholes, float *peephole_gradient, int64_t rows,
                    int64_t units) {
  const auto step = peepholes ? lstm_step_back_as<true> : lstm_step_back_as<false>;
  step(next_gradient, cell_gradient, gates, cell, next_cell, squashed, peepholes,
       peephole_gradient, rows, units);
}
