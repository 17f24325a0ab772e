import ArgumentParser
import Displays
import Foundation
import Lasagne
import LasagneEngine
import Tensors

/// `lasagne check-gradients MODEL`.
struct CheckGradientsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-gradients",
    abstract: "Compare a model's gradients with differences of its outputs.",
    discussion: """
      Every parameter and every input is moved up and down a little, in float64, and the slope of the \
      outputs is compared with the gradient. Weights and inputs are random but fixed by the seed; \
      in training mode dropout draws the same numbers every time. Without --training and \
      --deterministic both modes are checked. Ends with 0 if all gradients agree, with 1 if one does \
      not.
      """)

  @Argument(help: ArgumentHelp(ModelReference.help))
  var model: String

  @Flag(help: "Check in training mode only.")
  var training = false

  @Flag(help: "Check in deterministic mode only.")
  var deterministic = false

  @Option(parsing: .unconditional, help: "Examples in a batch.")
  var batch = 3

  @Option(parsing: .unconditional, help: "The length of other unknown axes, such as steps.")
  var length = 5

  @Option(parsing: .unconditional, help: "How many entries of each tensor are compared.")
  var entries = 16

  @Option(parsing: .unconditional, help: "Decides weights, inputs, dropout and the entries.")
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: "The greatest relative error that passes.")
  var tolerance = 1e-5

  @OptionGroup var common: CommonOptions

  func validate() throws {
    for (count, option) in [(batch, "--batch"), (length, "--length"), (entries, "--entries")] {
      try AtLeast.one(count, option)
    }
    guard tolerance > 0, tolerance.isFinite else {
      throw ValidationError("--tolerance is \(tolerance); it must be a number above 0.")
    }
  }

  func run() throws {
    let model = try ModelReference(text: model).model(in: try? common.existing())
    try Backend.load()
    let modes = training == deterministic ? [false, true] : [training]
    var passes = true
    for isTraining in modes {
      let check = GradientCheck(
        tolerance: tolerance, batchSize: batch, unknownLength: length, entriesPerTensor: entries,
        seed: seed, isTraining: isTraining)
      let report = try check.report(on: model.network)
      passes = passes && report.passes
      if common.json {
        try common.putJSON(report)
      } else {
        show(report)
      }
    }
    if !passes { throw Ending(code: 1) }
  }

  private func show(_ report: GradientReport) {
    if !report.tensors.isEmpty {
      put(
        TextTable(
          [
            ("tensor", .left), ("shape", .left), ("entries", .right), ("worst error", .right),
            ("at", .left), ("gradient", .right), ("difference", .right), ("", .left),
          ],
          rows: report.tensors.map(row)))
    }
    for note in report.notes { put(note) }
    put(Terminal.standard.colored("\(report)", report.passes ? .green : .red))
  }

  private func row(_ tensor: TensorGradients) -> [String] {
    var remarks = [tensor.passes ? "agrees" : "DIFFERS"]
    if tensor.smallerSteps > 0 { remarks.append("\(tensor.smallerSteps) at a smaller step") }
    if tensor.movedPoints > 0 { remarks.append("\(tensor.movedPoints) beside a kink") }
    let shape = tensor.shape.map(String.init).joined(separator: "×")
    return [
      tensor.name, shape.isEmpty ? "–" : shape,
      "\(tensor.entries)", NumberText.value(tensor.error),
      tensor.index.map(String.init).joined(separator: ", "), NumberText.value(tensor.gradient),
      NumberText.value(tensor.difference), remarks.joined(separator: ", "),
    ]
  }
}
