import Foundation
import Lasagne
import Storage
import Tensors

/// One number for all weights of a network: equal if every bit is.
public enum WeightDigest {
  /// SHA-256 over names, shapes, types and bytes in the network's order, in hexadecimal.
  public static func sha256(of arrays: [HostArray], in network: Network) -> String {
    var digest = RunningDigest()
    for (parameter, array) in zip(network.parameters, arrays) {
      let shape = array.shape.map(String.init).joined(separator: "x")
      digest.add(Data("\(parameter.fullName) \(array.dataType.rawValue) \(shape)\n".utf8))
      digest.add(array.data)
    }
    return digest.finished()
  }
}
