extension Zoo {
  /// Down to small images and up again, with a way across at every size: a picture for a picture.
  ///
  /// Ronneberger et al., U-Net, 2015, with borders kept. The paper's network has
  /// `width: 64, depth: 4`.
  ///
  /// - Parameters:
  ///   - depth: How often the image is halved.
  ///   - width: The filters at full size; each halving doubles them.
  ///   - masks: The pictures that come out, each pixel from 0 to 1.
  public static func unet(
    input: [Int] = [1, 64, 64], depth: Int = 3, width: Int = 16, masks: Int = 1
  ) throws -> Network {
    try checkInput(input, imageAxes, of: "unet")
    try checkCount(width, "width", of: "unet")
    try checkCount(depth, "depth", in: 0...16, of: "unet")
    guard input[1...].allSatisfy({ $0.isMultiple(of: 1 << depth) }) else {
      throw NetworkError(
        "The network 'unet' halves its images \(depth) times and needs rows and columns that are "
          + "multiples of 2^\(depth), got \(input[1])×\(input[2]).")
    }
    return try Network("unet", input: input) {
      level(width: width, below: depth)
      NINLayer(masks, nonlinearity: .sigmoid)
    }
  }

  /// What happens to an image of one size: beside the way across, all smaller sizes.
  @NetworkBuilder private static func level(width: Int, below: Int) -> [NetworkPart] {
    convolutions(width)
    if below > 0 {
      merge(ConcatLayer()) {
        branch {}
        branch {
          MaxPool2DLayer(2)
          level(width: 2 * width, below: below - 1)
          TransposedConv2DLayer(width, filterSize: 2, stride: 2)
        }
      }
      convolutions(width)
    }
  }

  @NetworkBuilder private static func convolutions(_ filters: Int) -> [NetworkPart] {
    for _ in 0..<2 {
      Conv2DLayer(filters, filterSize: 3, pad: 1, W: .heNormal(gain: .relu))
    }
  }

  static let unetEntry = ZooEntry(
    "unet", "Down to small images and up again with ways across: masks for images",
    [
      ZooArgument("input", .shape([1, 64, 64]), "channels, rows and columns of an image"),
      ZooArgument("depth", .count(3), "how often the image is halved"),
      ZooArgument("width", .count(16), "filters at full size"),
      ZooArgument("masks", .count(1), "pictures that come out"),
    ]
  ) {
    try unet(
      input: $0.list("input"), depth: $0.count("depth"), width: $0.count("width"),
      masks: $0.count("masks"))
  }
}
