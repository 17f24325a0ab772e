#include "team.hpp"

#include <ATen/Parallel.h>

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace lasagne {
namespace {

/// Whether the thread is at work on a shared loop, or is a helper.
thread_local bool is_inside = false;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

/// About 30 µs: the time between two loops of a step. Who waits longer sleeps, and disturbs nobody.
constexpr int patience = 1000;

/// The threads that help one thread. libtorch's are those of OpenMP, which only code compiled for OpenMP
/// can use; and they wait for each other, where these leave without those that come too late.
class Team {
 public:
  explicit Team(int64_t size) {
    for (int64_t i = 1; i < size; ++i) helpers.emplace_back([this] { help(); });
  }

  ~Team() {
    ends = true;
    state.fetch_add(round);
    state.notify_all();
    for (std::thread &helper : helpers) helper.join();
  }

  int64_t size() const { return static_cast<int64_t>(helpers.size()) + 1; }

  void run(int64_t task_count, void (*function)(void *, int64_t), void *argument) {
    call = function;
    context = argument;
    count = task_count;
    next = 0;
    failure = nullptr;
#if defined(__x86_64__)
    control = __builtin_ia32_stmxcsr();
#endif
    state.fetch_add(round + open);
    state.notify_all();
    is_inside = true;
    work();
    is_inside = false;
    uint32_t now = state.fetch_sub(open) - open;
    for (int turn = 0; (now & members) != 0; ++turn) {
      if (turn < patience) {
        relax();
      } else {
        state.wait(now);
      }
      now = state.load();
    }
    if (failure) std::rethrow_exception(failure);
  }

 private:
  // The state is one number: how many helpers are at work, whether more may come, and the round.
  static constexpr uint32_t members = 0x7ff, open = 0x800, round = 0x1000;

  void work() {
    try {
      for (int64_t task = next++; task < count; task = next++) call(context, task);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(failing);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  }

  void help() {
    is_inside = true;
    uint32_t seen = 0;
    while (true) {
      uint32_t now = state.load();
      for (int turn = 0; now / round == seen; ++turn) {
        if (turn < patience) {
          relax();
        } else {
          state.wait(now);
        }
        now = state.load();
      }
      if (ends) return;
      // The loop may be over already.
      while ((now & open) != 0 && !state.compare_exchange_weak(now, now + 1)) {
      }
      seen = now / round;
      if ((now & open) == 0) continue;
#if defined(__x86_64__)
      // Rounding and the like are those of the thread that is helped.
      __builtin_ia32_ldmxcsr(control);
#endif
      work();
      state.fetch_sub(1);
      state.notify_all();
    }
  }

  std::vector<std::thread> helpers;
  std::atomic<uint32_t> state{0};
  std::atomic<int64_t> next{0};
  std::atomic<bool> ends{false};
  void (*call)(void *, int64_t) = nullptr;
  void *context = nullptr;
  int64_t count = 0;
  uint32_t control = 0;
  std::mutex failing;
  std::exception_ptr failure;
};

}  // namespace

int64_t team_size() { return is_inside ? 1 : at::get_num_threads(); }

void share_tasks(int64_t count, void (*call)(void *, int64_t), void *context) {
  const int64_t size = count > 1 ? team_size() : 1;
  if (size == 1) {
    for (int64_t task = 0; task < count; ++task) call(context, task);
    return;
  }
  static thread_local std::unique_ptr<Team> team;
  if (!team || team->size() != size) {
    team.reset();
    team = std::make_unique<Team>(size);
  }
  team->run(count, call, context);
}

}  // namespace lasagne
