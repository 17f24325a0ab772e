#include "plan.hpp"

namespace lasagne {
namespace {

ImageShape image_shape(const CTPlanOperation &operation) {
  const int64_t *s = operation.sizes;
  return {s[0], s[1], s[2], s[3], s[4],  s[5],
          s[6], s[7], s[8], s[9], s[10], s[11], operation.numbers[0] != 0};
}

PoolShape pool_shape(const int64_t *s) {
  return {s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]};
}

/// Images are independent of each other: threads share them.
template <class Body>
void share_images(int64_t count, Body body) {
  share_range(count, 4, body);
}

}  // namespace

bool Plan::carry_out_images(const CTPlanOperation &operation, Places places) {
  const Kernels &kernel = kernels();
  const int64_t *s = operation.sizes;
  float *a = at(operation, places, 0), *b = at(operation, places, 1);
  float *c = at(operation, places, 2), *d = at(operation, places, 3);
  switch (operation.code) {
    case CT_PLAN_TRANSPOSE: kernel.transpose(a, b, s[0], s[1], s[2], s[3] != 0); break;
    case CT_PLAN_PACK_FILTERS:
      kernel.pack_filters(a, image_shape(operation), s[12] != 0, b, c);
      break;
    case CT_PLAN_UNPACK_FILTERS:
      kernel.unpack_filters(a, image_shape(operation), s[12] != 0, s[13] != 0, b);
      break;
    case CT_PLAN_CONVOLVE: {
      const ImageShape shape = image_shape(operation);
      share_images(s[12], [&](int64_t begin, int64_t end) {
        kernel.convolve(a + begin * shape.input_size(), b,
                        c + begin * shape.positions() * shape.filters, end - begin, shape, false);
      });
      break;
    }
    case CT_PLAN_CONVOLVE_BACK: {
      const ImageShape shape = image_shape(operation);
      share_images(s[12], [&](int64_t begin, int64_t end) {
        kernel.convolve_back(a + begin * shape.positions() * shape.filters, b,
                             c + begin * shape.input_size(), end - begin, shape, s[13] != 0);
      });
      break;
    }
    case CT_PLAN_CONVOLVE_FILTERS: {
      // Threads share the rows of the filter: each number is summed in one order.
      const ImageShape shape = image_shape(operation);
      share_range(shape.filter_rows, 1, [&](int64_t begin, int64_t end) {
        kernel.convolve_filters(a, b, c, s[12], shape, begin, end, s[13] != 0);
      });
      break;
    }
    case CT_PLAN_POOL_GREATEST: {
      const PoolShape shape = pool_shape(s);
      const Activation f = activation(operation, 10);
      auto *places = reinterpret_cast<uint8_t *>(d);
      share_images(s[9], [&](int64_t begin, int64_t end) {
        kernel.pool_greatest(a + begin * shape.input_size(), b, f, c + begin * shape.output_size(),
                             places + begin * shape.output_size(), end - begin, shape);
      });
      break;
    }
    case CT_PLAN_POOL_GREATEST_BACK: {
      const PoolShape shape = pool_shape(s);
      const Activation f = activation(operation, 10);
      const auto *chosen = reinterpret_cast<const uint8_t *>(c);
      float *bias = at(operation, places, 4);
      // The bias gradient is one sum over all images, so one thread makes it.
      share_range(s[9], bias ? s[9] : 4, [&](int64_t begin, int64_t end) {
        const int64_t first = begin * shape.output_size();
        kernel.pool_greatest_back(a + first, b + first, chosen + first, f,
                                  d + begin * shape.input_size(), bias, end - begin, shape);
      });
      break;
    }
    case CT_PLAN_POOL_AVERAGE: {
      const PoolShape shape = pool_shape(s);
      share_images(s[9], [&](int64_t begin, int64_t end) {
        kernel.pool_average(a + begin * shape.input_size(), b + begin * shape.output_size(),
                            end - begin, shape);
      });
      break;
    }
    case CT_PLAN_POOL_AVERAGE_BACK: {
      const PoolShape shape = pool_shape(s);
      share_images(s[9], [&](int64_t begin, int64_t end) {
        kernel.pool_average_back(a + begin * shape.output_size(), b + begin * shape.input_size(),
                                 end - begin, shape);
      });
      break;
    }
    default: return false;
  }
  return true;
}

}  // namespace lasagne
