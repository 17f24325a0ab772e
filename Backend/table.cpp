#include "guard.hpp"

#include <ATen/Parallel.h>
#include <malloc.h>
#include <torch/version.h>

#include <climits>

#ifndef LASAGNE_TORCH_BUILD
#define LASAGNE_TORCH_BUILD ""
#endif

namespace lasagne {
namespace {

/// Keeps freed memory in the process: giving it back to the system after every step and faulting it
/// in again costs a convolutional network a third of its speed.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

const CTBackend *make_table() {
  static CTBackend table = {};
  keep_freed_memory();
  set_precision();
  at::set_num_interop_threads(1);
  table.abi_version = CT_ABI_VERSION;
  table.version = TORCH_VERSION LASAGNE_TORCH_BUILD;
  table.precision = precision;
  table.error_message = [](CTErrorRef error) { return error->message.c_str(); };
  table.error_free = [](CTErrorRef error) { delete error; };
  enter_tensors(table);
  enter_random(table);
  enter_arithmetic(table);
  enter_reductions(table);
  enter_shapes(table);
  enter_networks(table);
  enter_gradients(table);
  enter_devices(table);
  enter_plans(table);
  enter_captures(table);
  return &table;
}

}  // namespace
}  // namespace lasagne

/// The one symbol of this library.
extern "C" __attribute__((visibility("default"))) const CTBackend *ct_backend(
    uint32_t abi_version) {
  if (abi_version != CT_ABI_VERSION) return nullptr;
  try {
    static const CTBackend *table = lasagne::make_table();
    return table;
  } catch (...) {
    return nullptr;
  }
}
