import Datasets
import Foundation
import LasagneEngine
import Records
import Training

/// What the page can ask to see of parameters, data and what a network makes of them.
public protocol ViewSource: Sendable {
  /// The keys of the histograms that a session has.
  func histogramKeys(ofSession id: String) async throws -> [String]
  /// The versions of a model's weights as a tree.
  func paramsTree(ofModel model: String, includesArchived: Bool) async throws -> ParamsTree
  /// How two versions of a model's weights differ.
  func paramsDifference(ofModel model: String, from: String, to: String) async throws -> ParamsDiff
  /// A version's weights as a file.
  func paramsFile(ofModel model: String, _ reference: String, as format: ParamsFormat)
    async throws -> Data
  /// The figures of a data set.
  func statistics(ofData name: String) async throws -> DataStatistics
  /// Some samples of an array.
  func samples(ofData name: String, array: String, label: Int?, from: Int, count: Int)
    async throws -> DataSamples
  /// Samples as images, with the numbers that are black and white.
  func sampleImages(ofData name: String, array: String, at indices: [Int]) async throws
    -> (stack: ImageStack, range: ClosedRange<Double>?)
  /// The mean of all samples as an image, and then that of each class.
  func meanImages(ofData name: String, array: String) async throws -> ImageStack
  /// Samples as they are and as they are learned from in some epochs.
  func augmentedImages(
    ofData name: String, array: String, at indices: [Int], epochs: Int, by recipe: JSONValue
  ) async throws -> ImageStack
  /// How a session's network classifies a part of its data.
  func examination(ofSession id: String, part: String?) async throws -> Examination
  /// The samples behind a cell of the confusion matrix.
  func examinedCases(ofSession id: String, part: String, label: Int?, predicted: Int?)
    async throws -> [Examination.Case]
  /// What a session's network makes of a sample.
  func sampleLook(ofSession id: String, part: String, index: Int) async throws -> SampleLook
  /// A picture of that.
  func samplePicture(
    ofSession id: String, part: String, index: Int, _ picture: SamplePicture
  ) async throws -> ImageStack
  /// How much of the input each layer of a session's network sees.
  func capacity(ofSession id: String) async throws -> CapacityReport
  /// Samples in a plane by what a layer gives for them.
  func projection(ofSession id: String, _ wanted: ProjectionRequest) async throws -> Projection
  /// The samples that excite some channels of a layer most.
  func strongestInputs(
    ofSession id: String, part: String?, layer: String, from: Int, count: Int
  ) async throws -> StrongestInputs
}

/// The forms in which weights leave a workspace.
public enum ParamsFormat: String, Sendable, CaseIterable {
  /// Arrays by name, as they are kept.
  case safetensors
  /// Arrays by number in the network's order, as Lasagne keeps them.
  case npz
}

extension EngineSource {
  /// The keys of the histograms that a session has.
  public func histogramKeys(ofSession id: String) async throws -> [String] {
    _ = try await session(id)
    return try engine.index.pictures(of: id).filter { !$0.isImages }.map(\.key)
  }

  /// The versions of a model's weights as a tree.
  public func paramsTree(
    ofModel model: String, includesArchived: Bool
  ) async throws -> ParamsTree {
    try checkModel(model)
    return try await translated {
      try Params.tree(
        ofModel: model, in: engine.workspace, includesArchived: includesArchived)
    }
  }

  /// How two versions differ, tensor by tensor.
  public func paramsDifference(
    ofModel model: String, from: String, to: String
  ) async throws -> ParamsDiff {
    try checkModel(model)
    let workspace = engine.workspace
    return try await translated {
      let first = try Params.find(from, model: model, in: workspace)
      let second = try Params.find(to, model: model, in: workspace)
      let key = "diff \(first.version.sha256) \(second.version.sha256) \(from) \(to)"
      return try await looks.result(key) { try first.difference(to: second, binCount: 40) }
    }
  }

  /// A version's weights as a file.
  public func paramsFile(
    ofModel model: String, _ reference: String, as format: ParamsFormat
  ) async throws -> Data {
    try checkModel(model)
    let workspace = engine.workspace
    return try await translated {
      let params = try Params.find(reference, model: model, in: workspace)
      switch format {
      case .safetensors: return try Data(contentsOf: params.file)
      case .npz:
        let network = try engine.model(model).network
        let arrays = try params.load(for: network)
        return try Npz.data(arrays.enumerated().map { ("arr_\($0.offset)", $0.element) })
      }
    }
  }

  /// A name from outside is looked up among those that are there, and nowhere else.
  private func checkModel(_ model: String) throws {
    guard try engine.workspace.params.list().contains(where: { $0.model == model }) else {
      throw DashboardError.notFound("There are no params of a model '\(model)'.")
    }
  }

  /// The figures of a data set.
  public func statistics(ofData name: String) async throws -> DataStatistics {
    let workspace = engine.workspace
    return try await translated {
      let view = try DataView(name, in: workspace)
      return try await looks.result("statistics \(view.record.fingerprint)") {
        try view.statistics()
      }
    }
  }

  /// Some samples of an array.
  public func samples(
    ofData name: String, array: String, label: Int?, from: Int, count: Int
  ) async throws -> DataSamples {
    try await translated {
      try DataView(name, in: engine.workspace)
        .samples(of: array, label: label, from: from, count: count)
    }
  }

  /// Samples as images.
  public func sampleImages(
    ofData name: String, array: String, at indices: [Int]
  ) async throws -> (stack: ImageStack, range: ClosedRange<Double>?) {
    try await translated {
      let view = try DataView(name, in: engine.workspace)
      return (try view.images(of: array, at: indices), view.range(of: array))
    }
  }

  /// The mean of all samples as an image, and then that of each class.
  public func meanImages(ofData name: String, array: String) async throws -> ImageStack {
    let workspace = engine.workspace
    return try await translated {
      let view = try DataView(name, in: workspace)
      return try await looks.result("means \(view.record.fingerprint) \(array)") {
        try view.meanImages(of: array)
      }
    }
  }

  /// Samples as they are and as they are learned from.
  public func augmentedImages(
    ofData name: String, array: String, at indices: [Int], epochs: Int, by recipe: JSONValue
  ) async throws -> ImageStack {
    let workspace = engine.workspace
    return try await translated {
      let view = try DataView(name, in: workspace)
      let recipe = try Recipe(json: recipe)
      return try await looks.run {
        try view.augmented(array, at: indices, epochs: epochs, by: recipe)
      }
    }
  }

  /// How a session's network classifies a part of its data.
  public func examination(ofSession id: String, part: String?) async throws -> Examination {
    try await judgement(id, part).examination
  }

  /// The samples behind a cell of the confusion matrix.
  public func examinedCases(
    ofSession id: String, part: String, label: Int?, predicted: Int?
  ) async throws -> [Examination.Case] {
    try await judgement(id, part).cases(label: label, predicted: predicted)
  }

  private func judgement(_ id: String, _ part: String?) async throws -> Judgement {
    _ = try await session(id)
    return try await translated {
      let look = try await self.look(id)
      let part = try self.part(part, of: look)
      return try await looks.result("judgement \(id) \(look.step) \(part)") {
        try Judgement(look, part: part)
      }
    }
  }

  func part(_ name: String?, of look: SessionLook) throws -> String {
    guard let name = name ?? look.parts.first else {
      throw DashboardError.conflict(
        "The session has neither test nor validation samples to look at.")
    }
    return name
  }

  /// What a session's network makes of a sample.
  public func sampleLook(
    ofSession id: String, part: String, index: Int
  ) async throws -> SampleLook {
    _ = try await session(id)
    return try await translated {
      let look = try await self.look(id)
      return try await looks.run { try look.sample(index, of: part) }
    }
  }

  /// A picture of what a session's network makes of a sample.
  public func samplePicture(
    ofSession id: String, part: String, index: Int, _ picture: SamplePicture
  ) async throws -> ImageStack {
    _ = try await session(id)
    return try await translated {
      let look = try await self.look(id)
      return try await looks.run { try look.picture(picture, of: index, in: part) }
    }
  }

  /// The newest weights of a session, read once for all questions about them.
  func look(_ id: String) async throws -> SessionLook {
    let workspace = engine.workspace
    let step = try SessionLook.newestStep(of: id, in: workspace)
    return try await looks.result("look \(id) \(step.map(String.init) ?? "end")") {
      try SessionLook(id, in: workspace)
    }
  }
}
