import Datasets
import Foundation
import Tensors
import Training

extension DataManager {
  /// The array on a device, for as long as the result is kept; loaded if it is not there yet.
  ///
  /// - Throws: `EngineError` if there is no such array or the budget is too small, `TensorError`
  ///   if the device refuses.
  public func use(_ name: String, on device: Device) throws -> ArrayUse {
    let array = try self.array(name)
    return try state.withLock { state in
      try take(name, array, on: device, limit: state.budgets[device], &state)
    }
  }

  /// Does something with an array on a device; it counts as in use meanwhile.
  ///
  /// - Throws: as ``use(_:on:)``, and what `body` throws.
  public func use<Result>(
    _ name: String, on device: Device, _ body: (Tensor) throws -> Result
  ) throws -> Result {
    let use = try use(name, on: device)
    defer { withExtendedLifetime(use) {} }
    return try body(use.tensor)
  }

  /// Brings an array onto a device and keeps it there though nobody uses it.
  ///
  /// - Throws: as ``use(_:on:)``.
  public func pin(_ name: String, on device: Device) throws {
    let use = try use(name, on: device)
    state.withLock { $0.placed[device]?[name]?.isPinned = true }
    withExtendedLifetime(use) {}
  }

  /// Lets an array go from a device when nobody uses it and the room is needed.
  public func unpin(_ name: String, on device: Device) {
    state.withLock { $0.placed[device]?[name]?.isPinned = false }
  }

  /// Takes every array that nobody uses and nobody pinned off a device.
  public func evictUnused(on device: Device) {
    state.withLock { _ = Self.evict(on: device, downTo: 0, &$0) }
  }

  private func take(
    _ name: String, _ array: HostArray, on device: Device, limit: Int?, _ state: inout State
  ) throws -> ArrayUse {
    let now = state.tick()
    if state.placed[device]?[name]?.tensor == nil {
      let byteCount = array.data.count
      if let limit {
        let used = Self.evict(on: device, downTo: max(0, limit - byteCount), &state)
        guard used + byteCount <= limit else {
          throw EngineError(
            .busy,
            "The array '\(name)' needs \(byteCount) bytes on \(device), where "
              + "\(max(0, limit - used)) of \(limit) are free; stop a session that uses the others "
              + "or raise the budget.")
        }
      }
      let tensor = SharedTensor(try Tensor(array, device: device))
      let old = state.placed[device]?[name]
      state.placed[device, default: [:]][name] = Placed(
        id: old?.id ?? now, tensor: tensor, byteCount: byteCount, users: old?.users ?? 0,
        lastUse: now)
    }
    guard let tensor = state.placed[device]?[name]?.tensor else {
      throw EngineError(.failed, "The array '\(name)' was not placed on \(device).")
    }
    return ArrayUse(tensor, hold: hold(name, on: device, &state))
  }

  /// Counts one more user of what is placed.
  private func hold(_ name: String, on device: Device, _ state: inout State) -> ArrayHold {
    let now = state.tick()
    state.placed[device]?[name]?.users += 1
    state.placed[device]?[name]?.lastUse = now
    let id = state.placed[device]?[name]?.id
    return ArrayHold { [weak self] in self?.release(name, id: id, on: device) }
  }

  private func release(_ name: String, id: Int?, on device: Device) {
    state.withLock { state in
      // One that got its name later has users of its own.
      guard var placed = state.placed[device]?[name], placed.id == id else { return }
      placed.users -= 1
      let isPassing = state.passing.contains(name)
      let isGone = placed.users == 0 && (placed.tensor == nil || isPassing)
      state.placed[device]?[name] = isGone ? nil : placed
      if isPassing, !state.placed.values.contains(where: { $0[name] != nil }) {
        state.arrays[name] = nil
        state.passing.remove(name)
      }
    }
  }
}

extension DataManager: DeviceArrays {
  /// Where the arrays of runs without a budget may take room on a device.
  private static let usualShare = 0.5

  /// The place of an array for a run on a device, shared with all runs that use the same bytes.
  ///
  /// On the CPU an array stays where it is, so that processes which map one file share its bytes; one
  /// that does not fit the budget is read batch by batch, ahead of its use. On a GPU the whole array is
  /// brought there if the budget has room, else batch by batch.
  public func place(_ array: HostArray, on device: Device) throws -> ArrayPlace {
    let limit = budget(on: device) ?? Self.usualLimit(of: device)
    let name = state.withLock { Self.name(of: array, &$0) }
    if device != .cpu {
      do {
        let use = try state.withLock { state in
          try take(name, array, on: device, limit: limit, &state)
        }
        return .resident(use.tensor, use: use)
      } catch let error as EngineError where error.kind == .busy {
        // There is no room for all of it: its batches come one by one.
      }
    }
    let use = state.withLock { state -> ArrayHold in
      if state.placed[device]?[name] == nil {
        let now = state.tick()
        state.placed[device, default: [:]][name] = Placed(
          id: now, byteCount: array.data.count, lastUse: 0)
      }
      return hold(name, on: device, &state)
    }
    guard device == .cpu, array.data.count <= limit else {
      return .host(use: use, readsAhead: true)
    }
    return .resident(try Tensor.reading(array), use: use)
  }

  private static func usualLimit(of device: Device) -> Int {
    let memory = Backend.devices().first { $0.device == device }?.totalBytes
    return memory.map { Int(Double($0) * usualShare) } ?? .max
  }

  /// The name under which these bytes are known; a passing one if they are not.
  private static func name(of array: HostArray, _ state: inout State) -> String {
    if let known = state.arrays.first(where: { isSame($0.value, array) }) { return known.key }
    let name = "unnamed \(state.tick())"
    state.arrays[name] = array
    state.passing.insert(name)
    return name
  }
}
