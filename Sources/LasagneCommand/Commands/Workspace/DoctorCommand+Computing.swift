import Displays
import Foundation
import Records
import Tensors
import Training

// How steps are computed on this machine, and how fast.
extension DoctorCommand {
  /// Which loops planned steps use, who multiplies matrices in them and elsewhere, and how fast.
  func computing() -> [Finding] {
    let environment = ProcessInfo.processInfo.environment
    do {
      try EnvironmentWords.check(environment)
    } catch {
      return [Finding(what: "environment", isFine: false, detail: "\(error)")]
    }
    guard (try? Backend.load()) != nil, let planning = try? StepPlanning(environment: environment),
      let capturing = try? StepCapturing(environment: environment)
    else { return [] }
    return [
      Finding(what: "planned steps", isFine: true, detail: steps(planning, environment)),
      products(planning),
      Finding(
        what: "memory", isFine: true,
        detail: "what is freed is kept for the next step, not given back to the system"),
      Finding(what: "bfloat16", isFine: true, detail: lowPrecision()),
      Finding(
        what: "on GPUs", isFine: true,
        detail: "\(Backend.precision); capturing of steps: \(capturing.rawValue)"),
    ]
  }

  private func steps(_ planning: StepPlanning, _ environment: [String: String]) -> String {
    guard planning.isOn else {
      return "switched off (LASAGNE_PLAN=off): libtorch's autograd makes every step"
    }
    let loops = Backend.planCapability
    let width = ["AVX512": 16, "AVX2": 8][loops].map { ", \($0) numbers a vector" } ?? ""
    let chosen = environment["LASAGNE_KERNELS"].map { " (LASAGNE_KERNELS=\($0))" } ?? ""
    let omissions = planning.omissions.joined(separator: ",")
    let without = omissions.isEmpty ? "" : ", without what LASAGNE_PLAN=\(omissions) leaves out"
    return "loops for \(loops)\(width)\(chosen)\(without), \(Backend.threadCount) threads unless a "
      + "session says otherwise"
  }

  /// Who multiplies matrices, on one thread, as a session has by default.
  private func products(_ planning: StepPlanning) -> Finding {
    let threads = Backend.threadCount
    Backend.setThreadCount(1)
    defer { Backend.setThreadCount(threads) }
    do {
      let machine = try MachineLimits.measured()
      let (ours, theirs) = (machine.planProductRate / 1e9, machine.libraryProductRate / 1e9)
      let other = "libtorch's own BLAS \(NumberText.value(theirs.rounded()))"
      let use =
        planning.isOn
        ? "in planned steps; \(other) in predictions, validation and layers without a plan rule"
        : "if steps were planned; \(other), which multiplies now"
      return Finding(
        what: "products", isFine: true,
        detail: "our loops \(NumberText.value(ours.rounded())) GFLOP/s on one thread \(use)")
    } catch {
      return Finding(what: "products", isFine: false, detail: "\(error)")
    }
  }

  /// Whether the processor multiplies bfloat16, and what that brings.
  private func lowPrecision() -> String {
    let option = "a recipe's choice (precision: bfloat16), by libtorch, not planned; "
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return option + "whether this processor has instructions for it is not known"
    }
    let line = text.split(separator: "\n")
      .first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
    let flags = Set((line ?? "").split(whereSeparator: \.isWhitespace).map(String.init))
    let own = ["amx_bf16", "avx512_bf16", "bf16"].filter(flags.contains)
    return option
      + (own.isEmpty
        ? "this processor has no instructions for it, so it saves memory only"
        : "this processor has instructions for it (\(own.joined(separator: ", ")))")
  }
}
