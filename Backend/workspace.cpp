#include "workspace.hpp"

#include <memory>
#include <new>

namespace lasagne {
namespace {

constexpr std::align_val_t line{64};

struct Freeing {
  void operator()(float *memory) const { ::operator delete[](memory, line); }
};

struct Memory {
  std::unique_ptr<float, Freeing> floats;
  int64_t capacity = 0;
};

}  // namespace

float *workspace(Workspace purpose, int64_t count) {
  static thread_local Memory memories[8];
  Memory &memory = memories[static_cast<int>(purpose)];
  if (count > memory.capacity) {
    memory.floats.reset();
    memory.capacity = 0;
    memory.floats.reset(static_cast<float *>(
        ::operator new[](static_cast<size_t>(count) * sizeof(float), line)));
    memory.capacity = count;
  }
  return memory.floats.get();
}

}  // namespace lasagne
