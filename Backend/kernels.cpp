#include "kernels.hpp"

#include <cstdlib>
#include <string>

namespace lasagne {

namespace plain {
Kernels make_kernels();
}
#if defined(__x86_64__)
namespace avx2 {
Kernels make_kernels();
}
namespace avx512 {
Kernels make_kernels();
}
#endif

namespace {

/// The best set this processor can run; LASAGNE_KERNELS=plain, avx2 or avx512 lowers it.
Kernels chosen() {
  const char *wish = std::getenv("LASAGNE_KERNELS");
  const std::string most = wish && *wish ? wish : "avx512";
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                          __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  if (has_avx512 && most == "avx512") {
    Kernels kernels = avx512::make_kernels();
    kernels.name = "AVX512";
    return kernels;
  }
  if (has_avx2 && most != "plain") {
    Kernels kernels = avx2::make_kernels();
    kernels.name = "AVX2";
    return kernels;
  }
#endif
  Kernels kernels = plain::make_kernels();
  kernels.name = "plain";
  return kernels;
}

}  // namespace

const Kernels &kernels() {
  static const Kernels chosen_kernels = chosen();
  return chosen_kernels;
}

}  // namespace lasagne
