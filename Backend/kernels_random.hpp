// Part of kernels_body.hpp: random numbers.

/// Makes the twister's next state (Matsumoto and Nishimura, 1998), and its numbers.
void twist(uint32_t *state, uint32_t *numbers) {
  const auto next = [](uint32_t high, uint32_t low, uint32_t far) {
    const uint32_t joined = (high & 0x80000000u) | (low & 0x7fffffffu);
    return far ^ (joined >> 1) ^ ((0u - (joined & 1u)) & 0x9908b0dfu);
  };
  LASAGNE_INDEPENDENT
  for (int i = 0; i < 227; ++i) state[i] = next(state[i], state[i + 1], state[i + 397]);
  LASAGNE_INDEPENDENT
  for (int i = 227; i < 454; ++i) state[i] = next(state[i], state[i + 1], state[i - 227]);
  LASAGNE_INDEPENDENT
  for (int i = 454; i < 623; ++i) state[i] = next(state[i], state[i + 1], state[i - 227]);
  state[623] = next(state[623], state[0], state[396]);
  LASAGNE_INDEPENDENT
  for (int i = 0; i < 624; ++i) {
    uint32_t number = state[i];
    number ^= number >> 11;
    number ^= (number << 7) & 0x9d2c5680u;
    number ^= (number << 15) & 0xefc60000u;
    numbers[i] = number ^ (number >> 18);
  }
}

/// 1 where the 53 bits of a pair of numbers are below a bound, else 0.
void choose(const uint32_t *numbers, uint64_t below, float *out, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t high = numbers[2 * i] & 0x1fffffu;
    out[i] = ((high << 32) | numbers[2 * i + 1]) < below ? 1.0f : 0.0f;
  }
}
