import Datasets
import Foundation
import Lasagne
import Tensors

/// One recorded network of the real Lasagne: `layers/NAME` or `networks/NAME`.
struct GoldenCase {
  let folder: URL
  let facts: Facts

  /// What `case.json` says.
  struct Facts: Decodable {
    var types: [String]
    var expands: String?
    var layerOutputShapes: [String: [Int?]]
    var outputShape: [Int?]
    var paramNames: [String]
    var paramShapes: [[Int]]
    var paramTags: [[String]]
    var gradNames: [String]
    var rtol: Double
    var atol: Double

    enum CodingKeys: String, CodingKey {
      case types, expands, rtol, atol
      case layerOutputShapes = "layer_output_shapes"
      case outputShape = "output_shape"
      case paramNames = "param_names"
      case paramShapes = "param_shapes"
      case paramTags = "param_tags"
      case gradNames = "grad_names"
    }
  }

  init(_ folder: URL) throws {
    self.folder = folder
    facts = try JSONDecoder().decode(
      Facts.self, from: Data(contentsOf: folder.appending(path: "case.json")))
  }

  var name: String { folder.lastPathComponent }

  /// The layer types of the case that do not exist here yet.
  var missingTypes: [String] { facts.types.filter { LayerRegistry.shared.type(named: $0) == nil } }

  /// Every case of a kind, by name.
  static func all(_ kind: String) throws -> [GoldenCase] {
    try FileManager.default
      .contentsOfDirectory(
        at: GoldenTables.folder.appending(path: kind), includingPropertiesForKeys: nil
      )
      .filter { FileManager.default.fileExists(atPath: $0.appending(path: "case.json").path) }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map(GoldenCase.init)
  }

  // MARK: files

  func has(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: file).path)
  }

  func network() throws -> Network {
    try Network(
      modelFile: String(contentsOf: folder.appending(path: "model.yaml"), encoding: .utf8))
  }

  func array(_ file: String) throws -> HostArray {
    try Npy.read(folder.appending(path: file))
  }

  func numbered(_ file: String) throws -> [HostArray] {
    try Npz.numberedArrays(folder.appending(path: file))
  }

  /// The arrays `input…npy` or `inputs…npz` by the name of the input.
  func byInput(_ single: String, _ several: String, _ network: Network) throws -> [String:
    HostArray]
  {
    if has(single) { return [network.inputs[0]: try array(single)] }
    guard has(several) else { return [:] }
    let entries = try Npz.read(folder.appending(path: several))
    return Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.array) })
  }
}
