// swift-tools-version: 6.2
import PackageDescription

// The Swift side of the comparisons; the scripts beside it build and drive it.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "LasagneEngine", path: "..")],
  targets: [
    .executableTarget(
      name: "lasagne-bench",
      dependencies: [
        .product(name: "Datasets", package: "LasagneEngine"),
        .product(name: "Lasagne", package: "LasagneEngine"),
        .product(name: "Training", package: "LasagneEngine"),
      ],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
    .executableTarget(
      name: "lasagne-memory-bench",
      dependencies: [.product(name: "LasagneEngine", package: "LasagneEngine")],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
    .executableTarget(
      name: "lasagne-log-bench",
      dependencies: [.product(name: "LasagneEngine", package: "LasagneEngine")],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
  ],
  swiftLanguageModes: [.v6]
)
