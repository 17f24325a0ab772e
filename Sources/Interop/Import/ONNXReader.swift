import Foundation
import SwiftProtobuf
import Tensors

/// Reads the bytes of an ONNX file, which may come from anyone: sizes are checked before memory is taken.
enum ONNXReader {
  static let mostNodes = 100_000
  /// The operator sets whose meaning is known here.
  static let operatorSets = 7...25

  /// The model in a file's bytes.
  static func model(
    _ data: Data, path: String
  ) throws -> (model: ONNXModel, operatorSet: Int) {
    guard data.count <= ONNXFile.largestFile else {
      throw InteropError("\(path): has \(data.count) bytes, more than an ONNX file can.")
    }
    let model: ONNXModel
    do {
      model = try ONNXModel(serializedBytes: data)
    } catch {
      throw InteropError("\(path): is not an ONNX model, or is cut off; export it again.")
    }
    guard model.hasGraph, !model.graph.node.isEmpty || !model.graph.output.isEmpty else {
      throw InteropError("\(path): holds no graph; is it an ONNX model?")
    }
    guard model.graph.node.count <= mostNodes else {
      throw InteropError(
        "\(path): has \(model.graph.node.count) nodes, more than the \(mostNodes) that are read.")
    }
    let version = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version
    guard let version, operatorSets.contains(Int(clamping: version)) else {
      throw InteropError(
        "\(path): uses the operator set \(version.map(String.init) ?? "(none)"); sets "
          + "\(operatorSets.lowerBound) to \(operatorSets.upperBound) can be read, export it with "
          + "one of them.")
    }
    return (model, Int(version))
  }

  /// A constant array; `what` names it in errors.
  static func array(_ stored: ONNXArray, _ what: String) throws -> HostArray {
    guard stored.dataLocation == 0, stored.externalData.isEmpty else {
      throw InteropError(
        "\(what) lies in another file; save the model with its weights inside it.")
    }
    guard let dataType = ONNXCode.dataType(stored.dataType) else {
      throw InteropError(
        "\(what) is of the element type \(stored.dataType), which is not known here.")
    }
    let shape = try lengths(stored, what)
    let count = shape.reduce(1, *)
    if stored.hasRawData {
      guard stored.rawData.count == count * dataType.byteCount else {
        throw InteropError(
          "\(what) has \(stored.rawData.count) bytes, which do not fit its shape \(shape) of "
            + "\(dataType.rawValue).")
      }
      return try HostArray(shape: shape, dataType: dataType, data: stored.rawData)
    }
    let given: HostArray
    switch dataType {
    case .float32: given = try HostArray(stored.floatData, shape: [stored.floatData.count])
    case .float64: given = try HostArray(stored.doubleData, shape: [stored.doubleData.count])
    case .int64: given = try HostArray(stored.int64Data, shape: [stored.int64Data.count])
    case .float16, .bfloat16:
      // Sixteen bits each, in whole numbers of 32.
      let bits = stored.int32Data.map { UInt16(truncatingIfNeeded: $0).littleEndian }
      given = try HostArray(
        shape: [bits.count], dataType: dataType, data: bits.withUnsafeBytes { Data($0) })
    default: given = try HostArray(stored.int32Data, shape: [stored.int32Data.count])
    }
    guard given.count == count else {
      throw InteropError("\(what) has \(given.count) numbers, which do not fit its shape \(shape).")
    }
    return try given.converted(to: dataType).reshaped(shape)
  }

  private static func lengths(_ stored: ONNXArray, _ what: String) throws -> [Int] {
    var count = 1
    for length in stored.dims {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(length))
      guard length >= 0, !overflow, product <= ONNXFile.largestFile else {
        throw InteropError("\(what) has the shape \(stored.dims), which no file can hold.")
      }
      count = product
    }
    guard stored.dims.count <= 16 else {
      throw InteropError("\(what) has \(stored.dims.count) axes, more than any array here.")
    }
    return stored.dims.map { Int($0) }
  }
}
