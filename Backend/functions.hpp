#pragma once

#include "guard.hpp"

namespace lasagne {

/// Each element, times `slope` where it is negative; at 0 the derivative is (1 + slope) / 2.
Tensor rectified(const Tensor &x, double slope);

}  // namespace lasagne
