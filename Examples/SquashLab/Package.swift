// swift-tools-version: 6.2
import PackageDescription

func engine(_ product: String) -> Target.Dependency {
  .product(name: product, package: "LasagneEngine")
}

let package = Package(
  name: "SquashLab",
  dependencies: [.package(name: "LasagneEngine", path: "../..")],
  targets: [
    // The layer, and a network that has it.
    .target(name: "SquashLayer", dependencies: [engine("Lasagne")]),
    .testTarget(name: "SquashLayerTests", dependencies: ["SquashLayer", engine("Lasagne")]),
    // The command `lasagne` with the layer in it.
    .executableTarget(
      name: "SquashLab", dependencies: ["SquashLayer", engine("LasagneCommand")]),
    // The libraries without the command line: a training in one's own program.
    .executableTarget(
      name: "SquashTraining", dependencies: ["SquashLayer", engine("Training")]),
  ],
  swiftLanguageModes: [.v6]
)
