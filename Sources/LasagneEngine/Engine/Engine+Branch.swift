import Datasets
import Foundation
import Records
import Storage
import Tensors
import Training

/// How a branch differs from the session it leaves.
public struct BranchRequest: Codable, Equatable, Sendable {
  /// What people call the new session; `nil` takes the other's name and a number.
  public var name: String?
  /// The step to leave at, of which there has to be a checkpoint; `nil` takes the next one of a
  /// session that runs and the last one of all others.
  public var step: Int?
  /// Live fields of the recipe with their new values.
  public var changes: [String: JSONValue]

  /// Makes a request from its parts.
  public init(name: String? = nil, step: Int? = nil, changes: [String: JSONValue] = [:]) {
    self.name = name
    self.step = step
    self.changes = changes
  }
}

extension Engine {
  /// Starts a new session from a step of another, with all that it knew there: weights, optimizer,
  /// position, frozen layers.
  ///
  /// The weights at that step become a version of the other session's params: the parent of those
  /// that the branch will save.
  /// - Throws: `EngineError` if there is no checkpoint to leave from or a change does not fit.
  @discardableResult
  public func branch(
    _ id: String, _ request: BranchRequest = BranchRequest(), origin: String = "program"
  ) async throws -> SessionRecord {
    // Where it leaves from must not depend on how long ago the last look was.
    look(at: try session(id).request.id)
    let parent = try session(id)
    guard let folder = tracked[parent.request.id]?.folder else {
      throw EngineError(.invalid, "The session '\(id)' cannot be read: \(parent.message ?? "").")
    }
    let newID = Names.newSessionID()
    let isAlive = [.running, .starting].contains(parent.state)
    let step =
      request.step == nil && isAlive
      ? try await snapshotStep(of: parent, for: newID, origin) : request.step
    let source = try verifiedCheckpoint(of: folder, at: step, parent.request.name)
    let checkpoint = try Checkpoint(source)
    var recipe = checkpoint.recipe
    for (field, value) in request.changes.sorted(by: { $0.key < $1.key }) {
      try recipe.setLive(field, to: value)
    }
    let begun = Int(checkpoint.epoch.rounded(.up))
    guard recipe.epochs > Int(checkpoint.epoch), recipe.epochs >= begun else {
      throw EngineError(
        .invalid,
        "The checkpoint at step \(checkpoint.step) is at epoch \(begun) of \(recipe.epochs); give "
          + "the branch more epochs.")
    }
    let model = try Model.load(of: folder, in: workspace)
    let start = try model.saveParams(
      checkpoint.arrays(for: model.network), of: folder.request, step: checkpoint.step,
      metrics: [:], in: workspace)
    var asked = parent.request
    asked.id = newID
    asked.name = request.name ?? freeName(parent.request.name)
    asked.model = model.name
    asked.saveParams = asked.name
    asked.startParams = start.reference
    asked.loaded = nil
    asked.recipe = recipe.json
    asked.createdAt = Date().timeIntervalSince1970
    asked.origin = SessionOrigin(
      session: parent.request.id, step: checkpoint.step, epoch: checkpoint.epoch)
    asked.reproduces = nil
    asked.search = nil
    try Names.check(asked.saveParams, of: "parameters")
    return try enroll(
      asked, epochs: recipe.epochs,
      SessionContents(model: try model.network.modelFile(), origin: source))
  }

  /// Has a running session write a checkpoint, and returns its step.
  private func snapshotStep(
    of parent: SessionRecord, for branch: String, _ origin: String
  ) async throws -> Int {
    let id = parent.request.id
    let command = try control(id, .branch(into: branch), origin: origin)
    while true {
      let answer = try timeline(ofSession: id).first { entry in
        if case .acknowledged(command.number, _) = entry.event { true } else { false }
      }
      if let answer {
        if case .acknowledged(_, let refusal?) = answer.event {
          throw EngineError(.failed, refusal)
        }
        return answer.step
      }
      let record = try session(id)
      guard !record.state.isOver, record.state != .paused else {
        throw EngineError(
          .busy, "The session '\(parent.request.name)' became \(record.state); branch again.")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private func verifiedCheckpoint(
    of folder: SessionFolder, at step: Int?, _ name: String
  ) throws -> CheckpointFolder {
    guard let step else {
      if let found = folder.checkpoints.newestVerified().checkpoint { return found.folder }
      throw EngineError(.invalid, "The session '\(name)' has no checkpoint to branch from.")
    }
    let all = folder.checkpoints.list()
    guard let found = all.last(where: { $0.step == step }) else {
      let steps = all.map { String($0.step) }.joined(separator: ", ")
      throw EngineError(
        .invalid,
        "The session '\(name)' has no checkpoint of step \(step)"
          + (steps.isEmpty ? "." : "; it has those of \(steps)."))
    }
    _ = try found.verify()
    return found
  }
}
