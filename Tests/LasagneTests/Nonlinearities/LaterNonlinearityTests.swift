import Lasagne
import Tensors
import Testing

/// Nonlinearities that came after Lasagne, against values of PyTorch 2.13 in float64.
@Suite struct LaterNonlinearityTests {
  @Test(arguments: [
    (
      Nonlinearity.gelu,
      [
        -0.0001266849673, -0.01552416331, -0.1586552539, -0.1003234186, 0, 0.3457312306,
        0.8413447461, 1.954499736, 3.499185798,
      ]
    ),
    (
      Nonlinearity.geluTanh,
      [
        -7.024594819e-5, -0.01508426609, -0.1588080094, -0.1003246493, 0, 0.3457140098,
        0.8411919906, 1.954597694, 3.499383802,
      ]
    ),
    (
      Nonlinearity.silu,
      [
        -0.07194483985, -0.1896454501, -0.2689414214, -0.1094558748, 0, 0.3112296656,
        0.7310585786, 1.761594156, 3.397407192,
      ]
    ),
    (
      Nonlinearity.hardSwish,
      [
        0, -0.2083333333, -0.3333333333, -0.1145833333, 0, 0.2916666667, 0.6666666667,
        1.666666667, 3.5,
      ]
    ),
    (
      Nonlinearity.mish,
      [
        -0.07259174079, -0.1968162039, -0.3034014614, -0.1299269637, 0, 0.3752452113,
        0.8650983883, 1.94395896, 3.493990715,
      ]
    ),
  ])
  func `smooth rectifiers are PyTorch's`(nonlinearity: Nonlinearity, expected: [Double]) throws {
    let x = try Tensor([-4, -2.5, -1, -0.25, 0, 0.5, 1, 2, 3.5] as [Double], shape: [9])
    #expect(try distance(nonlinearity(x).values(as: Double.self), expected) < 1e-9)
  }

  @Test(arguments: [
    (
      0,
      [
        0.4594818165, 0.6209757029, 0.7470600288, 0.8213787936, 0.8534527133, 0.8531716327,
        0.5405181835, 0.3790242971, 0.2529399712, 0.1786212064, 0.1465472867, 0.1468283673,
      ],
      [
        -0.7776559103, -0.4764633237, -0.2916097372, -0.1967708952, -0.1584651415, -0.158794541,
        -0.6152270005, -0.9701549674, -1.374603086, -1.722487881, -1.920407127, -1.918490944,
      ]
    ),
    (
      1,
      [
        0.2208781721, 0.2849497326, 0.3767924653, 0.3930377726, 0.4023293626, 0.3220124948,
        0.5691953487, 0.5524676104, 0.2794671318, 0.2715000705, 0.1513375195, 0.1760323191,
      ],
      [
        -1.510143987, -1.255442491, -0.9760607331, -0.9338495582, -0.9104842158, -1.133164931,
        -0.5635315844, -0.5933604711, -1.27487059, -1.30379288, -1.888242708, -1.73708767,
      ]
    ),
    (
      2,
      [
        0.4224625513, 0.5775374487, 0.4749753867, 0.5250246133, 0.5410845917, 0.4589154083,
        0.5850278574, 0.4149721426, 0.5848077458, 0.4151922542, 0.5405269353, 0.4594730647,
      ],
      [
        -0.8616544721, -0.5489819924, -0.7444922938, -0.644310135, -0.6141796507, -0.7788893814,
        -0.5360958134, -0.8795438872, -0.5364721255, -0.8790136028, -0.6152108092, -0.7776749576,
      ]
    ),
  ])
  func `softmax over any axis is PyTorch's`(
    axis: Int, probabilities: [Double], logarithms: [Double]
  ) throws {
    let x = try Wave().tensor(2, 3, 2)
    for axis in [axis, axis - 3] {
      #expect(
        try distance(Nonlinearity.softmax(axis: axis)(x).values(as: Double.self), probabilities)
          < 1e-9)
      #expect(
        try distance(Nonlinearity.logSoftmax(axis: axis)(x).values(as: Double.self), logarithms)
          < 1e-9)
    }
  }

  @Test func `the logarithm of softmax does not underflow`() throws {
    let x = try Tensor([0, 1000] as [Float], shape: [1, 2])
    #expect(try Nonlinearity.logSoftmax(x).values() == [-1000, 0])
  }

  @Test func `an axis that the output does not have is refused when the network is built`() {
    #expect {
      try Network("net", input: [4]) { DenseLayer(3, nonlinearity: .softmax(axis: 2)) }
    } throws: {
      "\($0)"
        == "dense1 (DenseLayer) has the nonlinearity softmax along the axis 2, but its output [?, 3] "
        + "has only 2 axes; use one from -2 to 1."
    }
  }
}
