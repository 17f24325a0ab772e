// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "SquashLab",
  dependencies: [.package(name: "LasagneEngine", path: "../..")],
  targets: [
    .executableTarget(
      name: "SquashLab",
      dependencies: [.product(name: "Training", package: "LasagneEngine")])
  ],
  swiftLanguageModes: [.v6]
)
