#include "kernels.hpp"
#include "workspace.hpp"

#include <cstddef>
#include <cstring>

#include "../Sources/CTorch/include/ctorch.h"

#define LASAGNE_SET plain
#define LASAGNE_LANES 4
#define LASAGNE_TILE_ROWS 4
#define LASAGNE_INLINE inline __attribute__((always_inline))
#include "kernels_body.hpp"
