#pragma once

#include "guard.hpp"

#include <ATen/core/Generator.h>

#include <memory>

namespace lasagne {

/// A sequence of operations that a device repeats by itself, with one call.
class Graph {
 public:
  virtual ~Graph() = default;
  /// From here on what this thread's stream is given is taken down instead of done.
  ///
  /// Random numbers drawn from the generator are drawn anew, from its state then, at each replay.
  virtual void begin(const at::Generator &generator) = 0;
  virtual void end() = 0;
  virtual void replay() = 0;
};

/// An empty graph for a GPU; an error where this backend was built without CUDA's headers.
std::unique_ptr<Graph> make_graph();

at::Generator &generator(CTGenerator handle);

}  // namespace lasagne
