#include "guard.hpp"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#ifdef LASAGNE_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>
#endif

namespace lasagne {

at::ScalarType scalar_type(int32_t data_type) {
  switch (data_type) {
    case CT_FLOAT32: return at::kFloat;
    case CT_FLOAT64: return at::kDouble;
    case CT_FLOAT16: return at::kHalf;
    case CT_BFLOAT16: return at::kBFloat16;
    case CT_INT64: return at::kLong;
    case CT_INT32: return at::kInt;
    case CT_INT16: return at::kShort;
    case CT_INT8: return at::kChar;
    case CT_UINT8: return at::kByte;
    case CT_BOOL: return at::kBool;
    default: TORCH_CHECK(false, "unknown element type ", data_type);
  }
}

int32_t data_type_code(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return CT_FLOAT32;
    case at::kDouble: return CT_FLOAT64;
    case at::kHalf: return CT_FLOAT16;
    case at::kBFloat16: return CT_BFLOAT16;
    case at::kLong: return CT_INT64;
    case at::kInt: return CT_INT32;
    case at::kShort: return CT_INT16;
    case at::kChar: return CT_INT8;
    case at::kByte: return CT_UINT8;
    case at::kBool: return CT_BOOL;
    default: return -1;
  }
}

at::Device device(CTDevice code) {
  if (code.kind == CT_CPU) return at::Device(at::kCPU);
  const int count = at::detail::getCUDAHooks().getNumGPUs();
  TORCH_CHECK(code.index >= 0 && code.index < count, "there is no device cuda:", code.index,
              ", this backend sees ", count, " GPUs");
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(code.index));
}

at::TensorOptions options(int32_t data_type, CTDevice code) {
  return at::TensorOptions(scalar_type(data_type)).device(device(code));
}

namespace {

void set_thread_count(int32_t count) noexcept {
  // A thread's first use takes the count that any thread set last; done later, it would undo ours.
  at::get_num_threads();
  at::set_num_threads(count);
}

/// The value after a key in a file of "key: value" lines; empty if there is none.
std::string looked_up(const char *path, const std::string &key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const size_t start = line.find_first_not_of(" \t:", key.size());
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

/// A figure of /proc files that is given in kB.
int64_t kilobytes(const char *path, const char *key) {
  return std::strtoll(looked_up(path, key).c_str(), nullptr, 10) * 1024;
}

void describe_cpu(CTDeviceInfo &info) {
  const std::string name = looked_up("/proc/cpuinfo", "model name");
  std::snprintf(info.name, sizeof info.name, "%s", name.empty() ? "CPU" : name.c_str());
  info.total_bytes = static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  info.free_bytes = kilobytes("/proc/meminfo", "MemAvailable");
  info.used_bytes = kilobytes("/proc/self/status", "VmRSS");
  info.core_count = static_cast<int32_t>(std::thread::hardware_concurrency());
}

#ifdef LASAGNE_CUDA
void describe_gpu(at::Device gpu, CTDeviceInfo &info) {
  const c10::cuda::CUDAGuard guard(gpu);
  cudaDeviceProp properties;
  size_t free_bytes = 0, total_bytes = 0;
  TORCH_CHECK(cudaGetDeviceProperties(&properties, gpu.index()) == cudaSuccess &&
                  cudaMemGetInfo(&free_bytes, &total_bytes) == cudaSuccess,
              "the driver does not describe this GPU");
  std::snprintf(info.name, sizeof info.name, "%s", properties.name);
  info.total_bytes = static_cast<int64_t>(total_bytes);
  info.free_bytes = static_cast<int64_t>(free_bytes);
  info.core_count = properties.multiProcessorCount;
  // Before the allocator's first use there are no figures to ask for.
  if (c10::cuda::CUDACachingAllocator::get()->initialized()) {
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(gpu.index());
    info.used_bytes = stats.reserved_bytes[0].current;
  }
}
#else
void describe_gpu(at::Device gpu, CTDeviceInfo &info) {
  std::snprintf(info.name, sizeof info.name, "GPU %d", static_cast<int>(gpu.index()));
}
#endif

CTErrorRef device_info(CTDevice code, CTDeviceInfo *out) noexcept {
  return guard([&] {
    *out = {};
    const at::Device place = device(code);
    if (place.is_cpu()) {
      describe_cpu(*out);
    } else {
      describe_gpu(place, *out);
    }
  });
}

CTErrorRef synchronize(CTDevice code) noexcept {
  return guard([&] {
    const at::Device place = device(code);
    if (place.is_cuda()) at::detail::getCUDAHooks().deviceSynchronize(place.index());
  });
}

const char *capability() noexcept {
  static const std::string name = at::get_cpu_capability();
  return name.c_str();
}

}  // namespace

void enter_devices(CTBackend &table) {
  table.set_thread_count = set_thread_count;
  table.thread_count = []() noexcept { return static_cast<int32_t>(at::get_num_threads()); };
  table.cuda_device_count = []() noexcept {
    return static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs());
  };
  table.device_info = device_info;
  table.capability = capability;
  table.synchronize = synchronize;
}

}  // namespace lasagne
