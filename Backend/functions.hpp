#pragma once

#include "guard.hpp"

namespace lasagne {

/// Each element, times `slope` where it is negative; at 0 the derivative is (1 + slope) / 2.
Tensor rectified(const Tensor &x, double slope);

/// The tensor itself; on the way back each entry of its gradient is brought between ±bound.
Tensor gradient_clipped(const Tensor &x, double bound);

}  // namespace lasagne
