// swift-tools-version: 6.2
import PackageDescription

// The Swift side of the comparisons; Benchmarks/step.py builds and drives it.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "LasagneEngine", path: "..")],
  targets: [
    .executableTarget(
      name: "lasagne-bench",
      dependencies: [
        .product(name: "Lasagne", package: "LasagneEngine"),
        .product(name: "Training", package: "LasagneEngine"),
      ],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")])
  ],
  swiftLanguageModes: [.v6]
)
