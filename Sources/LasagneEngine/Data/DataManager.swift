import Datasets
import Foundation
import Synchronization
import Tensors

/// Named arrays, brought onto devices when somebody needs them.
///
/// Each array lies once on each device where it is in use, whoever asks; the manager counts the
/// users, shows the bytes, and drops arrays nobody uses, least recently used first, when a
/// device's budget is short. Arrays from files stay memory-mapped: their bytes are read when
/// touched, and all processes of the machine share them.
public final class DataManager: Sendable {
  private struct Resident {
    var tensor: SharedTensor
    var byteCount: Int
    var users: Int
    var lastUse: Int
  }

  private struct State {
    var arrays: [String: HostArray] = [:]
    var residents: [Device: [String: Resident]] = [:]
    var budgets: [Device: Int] = [:]
    var clock = 0
  }

  private let state = Mutex(State())

  /// Makes a manager; `budgets` limits the bytes it may place on a device.
  public init(budgets: [Device: Int] = [:]) {
    state.withLock { $0.budgets = budgets }
  }

  /// The names of all arrays, sorted.
  public var names: [String] { state.withLock { $0.arrays.keys.sorted() } }

  /// Gives an array a name; sessions that use an older one of that name keep theirs.
  public func set(_ name: String, _ array: HostArray) {
    state.withLock { state in
      if state.arrays[name] == array { return }
      state.arrays[name] = array
      // Copies of the old numbers must not be handed out any more.
      for device in state.residents.keys { state.residents[device]?[name] = nil }
    }
  }

  /// Gives the array in an `.npy` file a name; the file stays mapped, not read.
  ///
  /// - Throws: `FileFormatError` if the file is no such array.
  public func set(_ name: String, file: URL) throws {
    set(name, try Npy.read(file))
  }

  /// Forgets an array; sessions that use it keep it.
  public func remove(_ name: String) {
    state.withLock { state in
      state.arrays[name] = nil
      for device in state.residents.keys { state.residents[device]?[name] = nil }
    }
  }

  /// The array of this name in host memory.
  ///
  /// - Throws: `EngineError` if there is none.
  public func array(_ name: String) throws -> HostArray {
    guard let array = state.withLock({ $0.arrays[name] }) else {
      throw EngineError.unknown("array", name, among: names)
    }
    return array
  }

  /// The array on a device, for as long as the result is kept; loaded if it is not there yet.
  ///
  /// - Throws: `EngineError` if there is no such array or the budget is too small, `TensorError`
  ///   if the device refuses.
  public func use(_ name: String, on device: Device) throws -> ArrayUse {
    let array = try self.array(name)
    return try state.withLock { state in
      state.clock += 1
      if state.residents[device]?[name] == nil {
        let byteCount = array.data.count
        try makeRoom(for: name, byteCount, on: device, &state)
        let tensor = SharedTensor(try Tensor(array, device: device))
        state.residents[device, default: [:]][name] = Resident(
          tensor: tensor, byteCount: byteCount, users: 0, lastUse: state.clock)
      }
      guard var resident = state.residents[device]?[name] else {
        throw EngineError(.failed, "The array '\(name)' was not placed on \(device).")
      }
      resident.users += 1
      resident.lastUse = state.clock
      state.residents[device]?[name] = resident
      return ArrayUse(resident.tensor) { [weak self] in self?.release(name, on: device) }
    }
  }

  /// What lies where, largest first.
  public var placements: [ArrayPlacement] {
    state.withLock { state in
      state.residents.flatMap { device, residents in
        residents.map { name, resident in
          ArrayPlacement(
            name: name, device: device, byteCount: resident.byteCount, users: resident.users)
        }
      }
    }.sorted { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
  }

  /// The bytes placed on a device.
  public func byteCount(on device: Device) -> Int {
    state.withLock { $0.residents[device]?.values.reduce(0) { $0 + $1.byteCount } ?? 0 }
  }

  /// Takes every array that nobody uses off a device.
  public func evictUnused(on device: Device) {
    state.withLock { state in
      state.residents[device] = state.residents[device]?.filter { $0.value.users > 0 }
    }
  }

  private func release(_ name: String, on device: Device) {
    state.withLock { $0.residents[device]?[name]?.users -= 1 }
  }

  private func makeRoom(
    for name: String, _ byteCount: Int, on device: Device, _ state: inout State
  ) throws {
    guard let budget = state.budgets[device] else { return }
    var residents = state.residents[device] ?? [:]
    var used = residents.values.reduce(0) { $0 + $1.byteCount }
    let unused = residents.filter { $0.value.users == 0 }.sorted {
      $0.value.lastUse < $1.value.lastUse
    }
    for (name, resident) in unused where used + byteCount > budget {
      residents[name] = nil
      used -= resident.byteCount
    }
    guard used + byteCount <= budget else {
      throw EngineError(
        .busy,
        "The array '\(name)' needs \(byteCount) bytes on \(device), where \(budget - used) of "
          + "\(budget) are free; stop a session that uses the others or raise the budget.")
    }
    state.residents[device] = residents
  }
}

/// One array on one device.
public struct ArrayPlacement: Equatable, Sendable {
  /// The array's name.
  public let name: String
  /// Where it lies.
  public let device: Device
  /// Its bytes.
  public let byteCount: Int
  /// How many use it now; with 0 it is the first to go when room is short.
  public let users: Int
}

/// The use of an array on a device; ends with this object's life.
public final class ArrayUse {
  private let shared: SharedTensor
  private let end: () -> Void

  /// The numbers; to be read only, since others may read them too.
  public var tensor: Tensor { shared.tensor }

  init(_ shared: SharedTensor, end: @escaping () -> Void) {
    self.shared = shared
    self.end = end
  }

  deinit { end() }
}

/// A tensor that many threads read.
///
/// Unchecked, because nobody writes: handles are counted atomically by the backend, and operations
/// that only read may run at the same time.
final class SharedTensor: @unchecked Sendable {
  let tensor: Tensor
  init(_ tensor: Tensor) { self.tensor = tensor }
}
