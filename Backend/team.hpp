#pragma once

#include <cstdint>
#include <type_traits>

namespace lasagne {

/// How many threads a loop of the calling thread may use; 1 inside of a shared loop.
int64_t team_size();

/// Calls `call(context, task)` once for each task below `count`, on as many threads as there may be. A
/// task goes to whoever is free, so a neighbour that keeps a processor busy holds nobody up.
void share_tasks(int64_t count, void (*call)(void *, int64_t), void *context);

/// The same for a body that takes the task.
template <class Body>
void share(int64_t count, Body &&body) {
  using Function = std::remove_reference_t<Body>;
  share_tasks(
      count, [](void *context, int64_t task) { (*static_cast<Function *>(context))(task); },
      const_cast<void *>(static_cast<const void *>(&body)));
}

/// Calls `body(begin, end)` for parts of a range, each of them a multiple of `grain` but the last.
template <class Body>
void share_range(int64_t count, int64_t grain, Body &&body) {
  if (count <= 0) return;
  const int64_t size = team_size();
  const int64_t grains = (count + grain - 1) / grain;
  if (size == 1 || grains <= 1) {
    body(int64_t{0}, count);
    return;
  }
  // More parts than threads: who is done early takes another.
  const int64_t parts = grains < 4 * size ? grains : 4 * size;
  share(parts, [&](int64_t part) {
    const int64_t begin = grains * part / parts * grain, end = grains * (part + 1) / parts * grain;
    body(begin, end < count ? end : count);
  });
}

}  // namespace lasagne
