import Datasets
import Foundation
import Records
import Synchronization
import Tensors

/// Named arrays, brought onto devices when somebody needs them.
///
/// Each array lies once on each device where it is in use, whoever asks; the manager counts the
/// users, shows the bytes, and drops arrays nobody uses, least recently used first, when a
/// device's budget is short. Arrays from files stay memory-mapped: their bytes are read when
/// touched, and all processes of the machine share them.
///
/// | the original | here |
/// |---|---|
/// | `set_numpy_data` | ``set(_:_:)``, ``set(_:file:)`` |
/// | `set_shared_variables` | ``use(_:on:)``, for as long as its result lives |
/// | `set_in_memory` | ``pin(_:on:)``, ``unpin(_:on:)`` |
/// | the in-use list of a device | ``placements`` |
public final class DataManager: Sendable {
  /// An array on a device, or read from host memory for it.
  struct Placed {
    /// Tells it from others that had its name before and are still in use.
    var id: Int
    /// `nil` where the array is read from host memory.
    var tensor: SharedTensor?
    var byteCount: Int
    var users = 0
    var lastUse: Int
    var isPinned = false
  }

  struct State {
    var arrays: [String: HostArray] = [:]
    /// Names of arrays that were only placed for a run, and go with their last user.
    var passing: Set<String> = []
    /// Under which name the array of a data set's fingerprint and role is known.
    var sources: [String: String] = [:]
    var placed: [Device: [String: Placed]] = [:]
    var budgets: [Device: Int] = [:]
    var clock = 0

    mutating func tick() -> Int {
      clock += 1
      return clock
    }
  }

  let state = Mutex(State())

  /// Makes a manager; `budgets` limits the bytes it may place on a device.
  ///
  /// A device without a budget is used up to half of its memory by the arrays of training runs.
  public init(budgets: [Device: Int] = [:]) {
    state.withLock { $0.budgets = budgets }
  }

  /// The names of all arrays, sorted.
  public var names: [String] {
    state.withLock { state in state.arrays.keys.filter { !state.passing.contains($0) }.sorted() }
  }

  /// Gives an array a name; sessions that use an older one of that name keep theirs.
  public func set(_ name: String, _ array: HostArray) {
    state.withLock { Self.name(array, name, &$0) }
  }

  static func name(_ array: HostArray, _ name: String, _ state: inout State) {
    if let old = state.arrays[name], isSame(old, array) { return }
    state.arrays[name] = array
    state.sources = state.sources.filter { $0.value != name }
    // Copies of the old numbers must not be handed out any more.
    for device in state.placed.keys { state.placed[device]?[name] = nil }
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
      state.sources = state.sources.filter { $0.value != name }
      for device in state.placed.keys { state.placed[device]?[name] = nil }
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

  /// What lies where and who uses it, largest first.
  public var placements: [ArrayPlacement] {
    state.withLock { state in
      state.placed.flatMap { device, arrays in
        arrays.map { name, placed in
          ArrayPlacement(
            name: name, device: "\(device)", form: placed.tensor == nil ? .host : .resident,
            byteCount: placed.byteCount, users: placed.users, isPinned: placed.isPinned)
        }
      }
    }.sorted { ($1.byteCount, $0.name, $0.device) < ($0.byteCount, $1.name, $1.device) }
  }

  /// The bytes of whole arrays on a device.
  public func byteCount(on device: Device) -> Int {
    state.withLock { Self.residentBytes(on: device, $0) }
  }

  /// The most bytes arrays may take on a device; `nil` for no limit of its own.
  public func budget(on device: Device) -> Int? {
    state.withLock { $0.budgets[device] }
  }

  /// Limits the bytes on a device; arrays nobody uses go at once if they are too many.
  public func setBudget(_ byteCount: Int?, on device: Device) {
    state.withLock { state in
      state.budgets[device] = byteCount
      if let byteCount { _ = Self.evict(on: device, downTo: byteCount, &state) }
    }
  }

  /// Whether two arrays are the same bytes in memory or in a mapped file, in the same type.
  static func isSame(_ a: HostArray, _ b: HostArray) -> Bool {
    a.dataType == b.dataType && a.data.count == b.data.count
      && a.data.withUnsafeBytes { first in
        b.data.withUnsafeBytes { first.baseAddress == $0.baseAddress }
      }
  }

  static func residentBytes(on device: Device, _ state: State) -> Int {
    (state.placed[device] ?? [:]).values.reduce(0) { $0 + ($1.tensor == nil ? 0 : $1.byteCount) }
  }

  /// Takes arrays that nobody uses off a device, least recently used first, until the rest takes at
  /// most so many bytes; returns what the rest takes.
  static func evict(on device: Device, downTo limit: Int, _ state: inout State) -> Int {
    var used = residentBytes(on: device, state)
    let unused = (state.placed[device] ?? [:])
      .filter { $0.value.users == 0 && !$0.value.isPinned && $0.value.tensor != nil }
      .sorted { $0.value.lastUse < $1.value.lastUse }
    for (name, placed) in unused where used > limit {
      state.placed[device]?[name] = nil
      used -= placed.byteCount
    }
    return used
  }
}
