import Foundation
import Tensors

/// The numbers that the ONNX format gives to element types and kinds of attributes.
enum ONNXCode {
  static let float: Int32 = 1
  static let uint8: Int32 = 2
  static let int8: Int32 = 3
  static let int16: Int32 = 5
  static let int32: Int32 = 6
  static let int64: Int32 = 7
  static let bool: Int32 = 9
  static let float16: Int32 = 10
  static let double: Int32 = 11
  static let bfloat16: Int32 = 16

  /// The element type with this number.
  static func dataType(_ code: Int32) -> DataType? {
    switch code {
    case float: .float32
    case uint8: .uint8
    case int8: .int8
    case int16: .int16
    case int32: .int32
    case int64: .int64
    case bool: .bool
    case float16: .float16
    case double: .float64
    case bfloat16: .bfloat16
    default: nil
    }
  }
}

extension ONNXAttribute {
  private init(_ name: String, type: Int32) {
    self.init()
    self.name = name
    self.type = type
  }

  /// A whole number.
  static func int(_ name: String, _ value: Int) -> ONNXAttribute {
    var attribute = ONNXAttribute(name, type: 2)
    attribute.i = Int64(value)
    return attribute
  }

  /// A number.
  static func float(_ name: String, _ value: Double) -> ONNXAttribute {
    var attribute = ONNXAttribute(name, type: 1)
    attribute.f = Float(value)
    return attribute
  }

  /// A word.
  static func text(_ name: String, _ value: String) -> ONNXAttribute {
    var attribute = ONNXAttribute(name, type: 3)
    attribute.s = Data(value.utf8)
    return attribute
  }

  /// Whole numbers.
  static func ints(_ name: String, _ values: [Int]) -> ONNXAttribute {
    var attribute = ONNXAttribute(name, type: 7)
    attribute.ints = values.map(Int64.init)
    return attribute
  }

  /// Words.
  static func texts(_ name: String, _ values: [String]) -> ONNXAttribute {
    var attribute = ONNXAttribute(name, type: 8)
    attribute.strings = values.map { Data($0.utf8) }
    return attribute
  }

  /// A graph that the node runs.
  static func graph(_ name: String, _ value: ONNXGraph) -> ONNXAttribute {
    var attribute = ONNXAttribute(name, type: 5)
    attribute.g = value
    return attribute
  }
}

extension ONNXArray {
  /// An array under a name; real numbers are written as float32, whole ones as int64.
  init(_ name: String, _ array: HostArray) {
    self.init()
    self.name = name
    dims = array.shape.map(Int64.init)
    let isReal = array.dataType.isFloatingPoint
    dataType = isReal ? ONNXCode.float : ONNXCode.int64
    rawData = array.converted(to: isReal ? .float32 : .int64).data
  }
}

extension ONNXValueInfo {
  /// A value that comes in or goes out; `shape` nil: of any rank.
  init(_ name: String, type: Int32, shape: [Int?]?, unknown: (Int) -> String) {
    self.init()
    self.name = name
    self.type.tensorType.elemType = type
    guard let shape else { return }
    self.type.tensorType.shape.dim = shape.enumerated().map { axis, length in
      var dimension = ONNXDimension()
      if let length {
        dimension.dimValue = Int64(length)
      } else {
        dimension.dimParam = unknown(axis)
      }
      return dimension
    }
  }
}
