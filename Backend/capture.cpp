#include "capture.hpp"

#include <ATen/ops/empty.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstring>
#include <vector>

// Steps that are repeated: what goes in and comes out without the host waiting, and the stream they
// run on. Written against libtorch's general devices, so that all but the graph itself runs on the
// CPU too; the graph is in cuda_graph.cpp.

namespace lasagne {
namespace {

/// Whether this thread makes a step that shall be repeatable.
thread_local bool is_capturing = false;

/// Host memory that a GPU copies to and from while the host goes on.
Tensor pinned_like(const Tensor &tensor) {
  return at::empty(tensor.sizes(), tensor.options().device(at::kCPU).pinned_memory(true));
}

class Capture {
 public:
  explicit Capture(at::Device device) : device_(device) {}

  void begin(const at::Generator &generator, bool records) {
    TORCH_CHECK(!is_capturing, "a step that is captured is already under way on this thread");
    if (records) {
      auto graph = make_graph();
      graph->begin(generator);
      graph_ = std::move(graph);
      is_recording_ = true;
    }
    is_capturing = true;
  }

  void end(bool keeps) {
    is_capturing = false;
    if (!is_recording_) return;
    is_recording_ = false;
    try {
      graph_->end();
    } catch (...) {
      graph_.reset();
      // Of a step that failed the reason is known already.
      if (keeps) throw;
    }
    if (!keeps) graph_.reset();
  }

  void replay() {
    TORCH_CHECK(graph_ && !is_recording_, "there is no captured step to replay");
    graph_->replay();
  }

  /// The bytes are read before this returns; they are there for all that is queued after it.
  void upload(Tensor target, const void *data, int64_t byte_count) {
    TORCH_CHECK(target.is_contiguous() && static_cast<int64_t>(target.nbytes()) == byte_count,
                "there are ", byte_count, " bytes for a tensor of ", target.nbytes());
    if (target.is_cpu()) {
      std::memcpy(target.mutable_data_ptr(), data, target.nbytes());
      return;
    }
    Tensor &place = next(sent_, sent_count_, target);
    std::memcpy(place.mutable_data_ptr(), data, place.nbytes());
    target.copy_(place, /*non_blocking=*/true);
  }

  void download(const Tensor &source) {
    TORCH_CHECK(source.scalar_type() == at::kFloat && source.is_contiguous(),
                "figures are float32 numbers in a row");
    if (source.is_cpu()) {
      next(received_, received_count_, source).copy_(source);
    } else {
      next(received_, received_count_, source).copy_(source, /*non_blocking=*/true);
    }
  }

  void figures(float *out, int64_t count) {
    if (!device_.is_cpu()) {
      const c10::impl::VirtualGuardImpl guard(device_.type());
      guard.synchronizeStream(guard.getStream(device_));
    }
    int64_t written = 0;
    for (size_t index = 0; index < received_count_; ++index) {
      const Tensor &values = received_[index];
      TORCH_CHECK(written + values.numel() <= count, "there are more figures than ", count);
      std::memcpy(out + written, values.const_data_ptr<float>(), values.nbytes());
      written += values.numel();
    }
    TORCH_CHECK(written == count, "there are ", written, " figures, expected ", count);
    // All that was queued is done, so that every place can be used again.
    sent_count_ = received_count_ = 0;
  }

 private:
  /// A place of host memory that nothing queued uses.
  Tensor &next(std::vector<Tensor> &places, size_t &count, const Tensor &like) {
    if (count == places.size()) places.emplace_back();
    Tensor &place = places[count++];
    if (!place.defined() || place.sizes() != like.sizes() ||
        place.scalar_type() != like.scalar_type()) {
      place = like.is_cpu() ? at::empty(like.sizes(), like.options()) : pinned_like(like);
    }
    return place;
  }

  const at::Device device_;
  std::unique_ptr<Graph> graph_;
  bool is_recording_ = false;
  std::vector<Tensor> sent_, received_;
  size_t sent_count_ = 0, received_count_ = 0;
};

Capture &capture(CTCapture handle) { return *static_cast<Capture *>(handle.impl); }

CTErrorRef capture_new(CTDevice place, CTCapture *out) noexcept {
  return guard([&] { out->impl = new Capture(device(place)); });
}

void capture_free(CTCapture handle) noexcept { delete static_cast<Capture *>(handle.impl); }

CTErrorRef capture_begin(CTCapture handle, CTGenerator source, bool records) noexcept {
  return guard([&] { capture(handle).begin(generator(source), records); });
}

CTErrorRef capture_end(CTCapture handle, bool keeps) noexcept {
  return guard([&] { capture(handle).end(keeps); });
}

CTErrorRef capture_replay(CTCapture handle) noexcept {
  return guard([&] { capture(handle).replay(); });
}

CTErrorRef capture_upload(CTCapture handle, CTTensor target, const void *data,
                          int64_t byte_count) noexcept {
  return guard([&] { capture(handle).upload(tensor(target), data, byte_count); });
}

CTErrorRef capture_download(CTCapture handle, CTTensor source) noexcept {
  return guard([&] { capture(handle).download(tensor(source)); });
}

CTErrorRef capture_figures(CTCapture handle, float *out, int64_t count) noexcept {
  return guard([&] { capture(handle).figures(out, count); });
}

/// The stream a thread had before it took one of its own.
struct StreamBefore {
  at::Device device_before;
  c10::Stream stream_before;
  c10::Stream own;
};

CTErrorRef stream_enter(CTDevice place, CTStream *out) noexcept {
  return guard([&] {
    out->impl = nullptr;
    const at::Device target = device(place);
    if (target.is_cpu()) return;
    const c10::impl::VirtualGuardImpl guard(target.type());
    // What was queued before, such as weights on their way, is done when this stream begins.
    guard.synchronizeStream(guard.getStream(target));
    const c10::Stream own = guard.getStreamFromGlobalPool(target);
    const at::Device device_before = guard.exchangeDevice(target);
    out->impl = new StreamBefore{device_before, guard.exchangeStream(own), own};
  });
}

CTErrorRef stream_leave(CTStream handle) noexcept {
  return guard([&] {
    const std::unique_ptr<StreamBefore> before(static_cast<StreamBefore *>(handle.impl));
    if (!before) return;
    const c10::impl::VirtualGuardImpl guard(before->own.device_type());
    guard.exchangeStream(before->stream_before);
    guard.setDevice(before->device_before);
    guard.synchronizeStream(before->own);
  });
}

}  // namespace

void check_repeatable(const char *what) {
  TORCH_CHECK(!is_capturing, what, " between the operations of a step, which needs the host");
}

void enter_captures(CTBackend &table) {
  table.capture_new = capture_new;
  table.capture_free = capture_free;
  table.capture_begin = capture_begin;
  table.capture_end = capture_end;
  table.capture_replay = capture_replay;
  table.capture_upload = capture_upload;
  table.capture_download = capture_download;
  table.capture_figures = capture_figures;
  table.stream_enter = stream_enter;
  table.stream_leave = stream_leave;
}

}  // namespace lasagne
