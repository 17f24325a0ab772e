#include "kernels.hpp"
#include "workspace.hpp"

#include <cstddef>
#include <cstring>

#include "../Sources/CTorch/include/ctorch.h"

#if defined(__x86_64__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx,avx2,fma,f16c,bmi,bmi2,avx512f,avx512vl,avx512bw,avx512dq,avx512cd"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC optimize("O3")
#pragma GCC target("avx,avx2,fma,f16c,bmi,bmi2,avx512f,avx512vl,avx512bw,avx512dq,avx512cd")
#endif

#define LASAGNE_SET avx512
#define LASAGNE_LANES 16
#define LASAGNE_TILE_ROWS 8
#define LASAGNE_INLINE inline __attribute__((always_inline))
#include "kernels_body.hpp"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
