#include "guard.hpp"

#include <ATen/Context.h>

#include <cstdlib>
#include <string>

// In how many digits a GPU multiplies float32 and bfloat16 numbers: said here in full, so that no
// default of a library decides it, and printed wherever a run says what it computes with.

namespace lasagne {
namespace {

/// What is set, in words.
std::string description;

}  // namespace

/// PyTorch's defaults, unless LASAGNE_TF32 says otherwise: full float32 products, TF32 in cuDNN.
void set_precision() {
  at::Context &context = at::globalContext();
  const char *wish = std::getenv("LASAGNE_TF32");
  const std::string tf32 = wish && *wish ? wish : "convolutions";
  const bool is_known = tf32 == "all" || tf32 == "convolutions" || tf32 == "off";
  const bool in_products = tf32 == "all";
  const bool in_convolutions = tf32 != "off";
  context.setAllowTF32CuBLAS(in_products);
  context.setAllowTF32CuDNN(in_convolutions);
  context.setBenchmarkCuDNN(false);
  // As PyTorch has it: parts of a long sum of bfloat16 products may be added up in bfloat16.
  context.setAllowBF16ReductionCuBLAS(true);
  description = std::string("TF32 in products ") + (in_products ? "on" : "off") +
                ", TF32 in convolutions " + (in_convolutions ? "on" : "off") +
                ", bfloat16 products may be added up in bfloat16";
  if (!is_known) description += " (LASAGNE_TF32 is not all, convolutions or off)";
}

const char *precision() noexcept { return description.c_str(); }

}  // namespace lasagne
