#pragma once

#include <cstdint>

namespace lasagne {

/// What a thread's memory for intermediate results is used for; each use has its own.
enum class Workspace { product, pointers, columns, attention, border, local, points, sums };

/// Memory for `count` floats, of the calling thread, reused by the next call for the same purpose;
/// aligned to a cache line.
float *workspace(Workspace purpose, int64_t count);

}  // namespace lasagne
