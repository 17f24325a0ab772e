#pragma once

#include <cstdint>

namespace lasagne {

/// While one lives, the calling thread, and those that help it, take numbers nearer to 0 than any normal
/// one (1.2e-38 in float32) for 0. A moment whose gradient stays 0 decays into them, and the processor then
/// takes several times as long for it.
class WithoutDenormals {
 public:
#if defined(__x86_64__)
  WithoutDenormals() : before(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr(before | both); }
  ~WithoutDenormals() { __builtin_ia32_ldmxcsr(before); }
#else
  WithoutDenormals() {}
#endif
  WithoutDenormals(const WithoutDenormals &) = delete;
  WithoutDenormals &operator=(const WithoutDenormals &) = delete;

 private:
#if defined(__x86_64__)
  /// Of results, and of arguments.
  static constexpr uint32_t both = 0x8000 | 0x0040;
  const uint32_t before;
#endif
};

}  // namespace lasagne
