#include "kernels.hpp"
#include "workspace.hpp"

#include <cstddef>
#include <cstring>

#include "../Sources/CTorch/include/ctorch.h"

#if defined(__x86_64__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx,avx2,fma,f16c,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC optimize("O3")
#pragma GCC target("avx,avx2,fma,f16c,bmi,bmi2")
#endif

#define LASAGNE_SET avx2
#define LASAGNE_LANES 8
#define LASAGNE_TILE_ROWS 6
#define LASAGNE_INLINE inline __attribute__((always_inline))
#include "kernels_body.hpp"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
