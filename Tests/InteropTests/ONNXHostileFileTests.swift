import Foundation
import Lasagne
import SwiftProtobuf
import Tensors
import Testing

@testable import Interop

/// A model of one matrix product, changed before it is read.
private func changed(_ change: (inout ONNXModel) -> Void) throws -> Data {
  var model = ONNXModel()
  model.irVersion = 8
  var operators = ONNXOperatorSet()
  operators.version = 17
  model.opsetImport = [operators]
  model.graph.name = "small"
  model.graph.input = [ONNXValueInfo("x", type: 1, shape: [nil, 2]) { _ in "n" }]
  model.graph.output = [ONNXValueInfo("y", type: 1, shape: [nil, 3]) { _ in "n" }]
  model.graph.initializer = [
    ONNXArray("W", try HostArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
  ]
  var node = ONNXNode()
  node.opType = "Gemm"
  node.name = "product"
  node.input = ["x", "W"]
  node.output = ["y"]
  model.graph.node = [node]
  change(&model)
  return try model.serializedData()
}

@Suite struct ONNXHostileFileTests {
  @Test func `the file that is changed in these tests can be read`() throws {
    try Backend.load()
    let (network, weights) = try ONNXFile.read(changed { _ in })
    let input = try HostArray([1, 10] as [Float], shape: [1, 2])
    let result = try network.predict(input, weights: Weights(weights, for: network))
    #expect(result.values(as: Float.self) == [41, 52, 63])
  }

  @Test func `each thing that is wrong is one sentence`() throws {
    try Backend.load()
    let cases: [(String, (inout ONNXModel) -> Void)] = [
      ("holds no graph", { $0.clearGraph() }),
      ("uses the operator set 3", { $0.opsetImport[0].version = 3 }),
      ("uses the operator set (none)", { $0.opsetImport = [] }),
      ("reads 'V', which is no input", { $0.graph.node[0].input = ["x", "V"] }),
      ("has no input 1", { $0.graph.node[0].input = ["x"] }),
      ("does what no layer here does", { $0.graph.node[0].opType = "Det" }),
      ("of the domain 'com.example'", { $0.graph.node[0].domain = "com.example" }),
      ("two matrices are expected", { $0.graph.initializer[0].dims = [6] }),
      ("do not fit its shape", { $0.graph.initializer[0].dims = [2, 4] }),
      ("which no file can hold", { $0.graph.initializer[0].dims = [1 << 40, 1 << 40] }),
      ("which no file can hold", { $0.graph.initializer[0].dims = [-2, -3] }),
      ("has 17 axes", { $0.graph.initializer[0].dims = [Int64](repeating: 1, count: 17) }),
      ("is of the element type 8", { $0.graph.initializer[0].dataType = 8 }),
      ("lies in another file", { $0.graph.initializer[0].dataLocation = 1 }),
      ("is not computed from an input", { $0.graph.output[0].name = "W" }),
      ("is not computed from an input", { $0.graph.output[0].name = "nothing" }),
      ("has no output", { $0.graph.output = [] }),
      ("does not say its shape", { $0.graph.input[0].type.tensorType.clearShape() }),
      (
        "longer than any memory",
        { $0.graph.input[0].type.tensorType.shape.dim[1].dimValue = .max }
      ),
      ("has transA 1", { $0.graph.node[0].attribute = [.int("transA", 1)] }),
      ("needs W of shape", { $0.graph.input[0].type.tensorType.shape.dim[1].dimValue = 5 }),
    ]
    for (words, change) in cases {
      let data = try changed(change)
      let said = sentence { _ = try ONNXFile.read(data) }
      let fits = said.contains(words) || words == "needs W of shape" && said.contains("shape")
      #expect(fits, "expected '\(words)', got: \(said)")
      #expect(!said.contains("\n"))
    }
  }

  @Test func `extreme numbers in attributes are refused, not computed with`() throws {
    try Backend.load()
    let extremes = [Int.min, Int.max, -1, 0]
    let operations = [
      "Conv", "ConvTranspose", "MaxPool", "AveragePool", "Concat", "Transpose", "Softmax",
      "Squeeze", "Unsqueeze", "Slice", "Pad", "Gather", "Reshape", "LRN", "Flatten", "LSTM",
      "Resize", "LayerNormalization", "ReduceMean", "ConstantOfShape", "Expand",
    ]
    for operation in operations {
      for number in extremes {
        let data = try changed { model in
          model.graph.node[0].opType = operation
          model.graph.initializer[0].dims = [2, 1, 1, 3]
          model.graph.input[0] = ONNXValueInfo("x", type: 1, shape: [nil, 1, 9, 9]) { _ in "n" }
          let values = ["strides", "dilations", "kernel_shape", "output_padding"]
          model.graph.node[0].attribute =
            values.map { .ints($0, [number, number]) }
            + ["pads", "perm"].map { .ints($0, [number, number, number, number]) }
            + ["axes", "starts", "ends"].map { .ints($0, [number]) }
            + ["axis", "group", "size", "hidden_size", "keepdims"].map { .int($0, number) }
        }
        // Whether it is read or refused: it must come back.
        _ = sentence { _ = try ONNXFile.read(data) }
      }
    }
  }

  @Test func `a file that is cut off or changed anywhere does no harm`() throws {
    try Backend.load()
    let network = try Network("small", input: [1, 6, 6]) {
      batchNorm(Conv2DLayer(2, filterSize: 3))
      MaxPool2DLayer(2)
      ReshapeLayer([.inputAxis(0), 2, 4])
      LSTMLayer(2)
      DenseLayer(2)
    }
    let data = try ONNXFile.data(network, weights: unusualWeights(network))
    for end in stride(from: 0, to: data.count, by: 41) {
      _ = sentence { _ = try ONNXFile.read(Data(data.prefix(end))) }
    }
    var state: UInt64 = 7
    for _ in 0..<600 {
      var broken = data
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let place = Int(state >> 33) % data.count
      broken[place] = UInt8(truncatingIfNeeded: state >> 20)
      _ = sentence { _ = try ONNXFile.read(broken) }
    }
    let said = sentence { _ = try ONNXFile.read(Data("this is a text".utf8)) }
    #expect(said == "ONNX data: is not an ONNX model, or is cut off; export it again.")
  }
}
