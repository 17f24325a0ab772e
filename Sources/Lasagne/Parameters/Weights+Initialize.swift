import Tensors

extension Weights {
  /// First values from each parameter's initializer: a pure function of the network and the seed.
  ///
  /// Each parameter draws from a generator of its own, made from the seed and its full name, on the
  /// CPU: adding a layer changes no other layer's values, and every device gets the same numbers.
  public init(
    initializing network: Network, seed: UInt64, device: Device = .cpu,
    dataType: DataType = .float32
  ) throws(NetworkError) {
    var tensors: [Tensor] = []
    for parameter in network.parameters {
      do {
        let generator = try Generator(seed: Self.seed(seed, parameter.fullName))
        let tensor = try parameter.initializer.makeValues(
          shape: parameter.shape, generator: generator, dataType: dataType, device: device)
        tensors.append(try tensor.detached())
      } catch {
        throw NetworkError(
          layer: parameter.layer, "could not make first values for \(parameter.fullName): \(error)")
      }
    }
    try self.init(tensors, for: network)
  }

  /// A seed for one parameter, made from the run's seed and the name.
  ///
  /// FNV-1a over the name, mixed with the seed by SplitMix64's finalizer (Steele et al. 2014).
  static func seed(_ seed: UInt64, _ name: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var mixed = seed &+ 0x9e37_79b9_7f4a_7c15 &+ hash
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
