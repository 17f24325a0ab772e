#include "plan.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/bernoulli.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace lasagne {

void Twister::seed(uint64_t seed) {
  state[0] = static_cast<uint32_t>(seed);
  for (uint32_t i = 1; i < 624; ++i) {
    state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
  }
  used = 624;
}

void Twister::choose(double probability, float *out, int64_t count) {
  const auto below = static_cast<uint64_t>(std::ceil(std::ldexp(probability, 53)));
  while (count > 0) {
    if (used == 624) {
      kernels().twist(state, numbers);
      used = 0;
    }
    const int64_t here = std::min(count, (624 - used) / 2);
    kernels().choose(numbers + used, below, out, here);
    used += 2 * here;
    out += here;
    count -= here;
  }
}

namespace {

void choose_by_library(at::Generator &generator, double probability, float *out, int64_t count) {
  at::from_blob(out, {count}, at::TensorOptions(at::kFloat)).bernoulli_(probability, generator);
}

/// Whether libtorch draws as `Twister` does; another version may not.
bool library_draws_alike() {
  constexpr int64_t count = 1000;
  float ours[count], theirs[count];
  for (const double probability : {0.5, 0.2}) {
    constexpr uint64_t seed = 20'170'303'030'303;
    Twister twister;
    twister.seed(seed);
    twister.choose(probability, ours, count);
    at::Generator generator = at::detail::createCPUGenerator(seed);
    choose_by_library(generator, probability, theirs, count);
    if (std::memcmp(ours, theirs, sizeof ours) != 0) return false;
  }
  return true;
}

}  // namespace

void Plan::find_draws() {
  for (const CTPlanOperation &operation : operations) {
    if (operation.code != CT_PLAN_BERNOULLI) continue;
    // The numbers are those of the step that is not planned.
    static const bool is_alike = library_draws_alike();
    draws = true;
    library_draws = library_draws || !is_alike || operation.numbers[1] != 0;
  }
  if (library_draws) generator = at::detail::createCPUGenerator();
}

void Plan::seed(uint64_t seed) {
  // It would be a tenth of a small network's step.
  if (!draws) return;
  if (library_draws) {
    generator.set_current_seed(seed);
  } else {
    twister.seed(seed);
  }
}

void Plan::choose(const CTPlanOperation &operation, float *out) {
  if (library_draws) {
    choose_by_library(generator, operation.numbers[0], out, operation.sizes[0]);
  } else {
    twister.choose(operation.numbers[0], out, operation.sizes[0]);
  }
}

}  // namespace lasagne
