#include "capture.hpp"

#ifdef LASAGNE_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#endif

// The only part of captured steps that there is on GPUs alone.

namespace lasagne {

#ifdef LASAGNE_CUDA
namespace {

class CUDAStepGraph final : public Graph {
 public:
  void begin(const at::Generator &generator) override {
    device_ = c10::cuda::current_device();
    graph_.register_generator_state(generator);
    // Other threads' sessions go on allocating and computing: only this thread must not do what a
    // graph cannot hold.
    graph_.capture_begin(pool_, cudaStreamCaptureModeThreadLocal);
  }

  void end() override {
    try {
      graph_.capture_end();
    } catch (...) {
      give_pool_back();
      throw;
    }
  }

  void replay() override { graph_.replay(); }

 private:
  /// A capture that fails may leave the allocator waiting for its end.
  void give_pool_back() noexcept {
    try {
      c10::cuda::CUDACachingAllocator::endAllocateToPool(device_, pool_);
      c10::cuda::CUDACachingAllocator::releasePool(device_, pool_);
    } catch (...) {
      // It was given back already.
    }
  }

  /// What is allocated while this graph is taken down is its own.
  const at::cuda::MempoolId_t pool_ = at::cuda::graph_pool_handle();
  c10::DeviceIndex device_ = 0;
  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<Graph> make_graph() { return std::make_unique<CUDAStepGraph>(); }
#else
std::unique_ptr<Graph> make_graph() {
  TORCH_CHECK(false, "this backend was built without CUDA's headers, so it captures no steps");
}
#endif

}  // namespace lasagne
