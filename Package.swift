// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The libraries that need no server build in a fraction of the time: LASAGNE_LIGHT=1 leaves the
// dashboard, the command line and their dependencies out of the package.
let isLight = ProcessInfo.processInfo.environment["LASAGNE_LIGHT"] != nil

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

func library(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target
{
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: settings)
}

let package = Package(
  name: "LasagneEngine",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "Lasagne", targets: ["Lasagne"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Interop", targets: ["Interop"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "LasagneEngine", targets: ["LasagneEngine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The plain C header of the backend and its loader; libtorch itself stays in Backend/.
    .target(name: "CTorch"),
    .target(
      name: "CImages",
      linkerSettings: [.linkedLibrary("png16"), .linkedLibrary("jpeg"), .linkedLibrary("z")]),

    library("Records", []),
    library("Tensors", ["CTorch"]),
    library("Lasagne", ["Tensors", "Records", "Yams"]),
    library("Datasets", ["Tensors", "CImages", .product(name: "Crypto", package: "swift-crypto")]),
    library(
      "Interop",
      [
        "Lasagne", "Datasets", "Yams",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], exclude: ["ONNX/onnx.proto", "ONNX/README.md"]),
    library("Training", ["Lasagne", "Datasets", "Records"]),
    library(
      "Storage",
      [
        "Records", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    library("LasagneEngine", ["Training", "Storage", "Displays"]),
    library(
      "Displays", ["Records", "CImages", .product(name: "Crypto", package: "swift-crypto")]),

    tests("RecordsTests", ["Records"]),
    tests("TensorsTests", ["Tensors"]),
    tests("LasagneTests", ["Lasagne", "Datasets"]),
    tests("DatasetsTests", ["Datasets"]),
    tests(
      "InteropTests",
      ["Interop", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),
    tests("TrainingTests", ["Training"]),
    tests("StorageTests", ["Storage"]),
    tests("DisplaysTests", ["Displays"]),
    tests("LasagneEngineTests", ["LasagneEngine", "session-process"]),
    // The worker and the engine that the engine's tests start, and kill, as real processes.
    .executableTarget(
      name: "session-process", dependencies: ["LasagneEngine"], path: "Tests/SessionProcess",
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)

// The reference pages are made by a plugin that nobody needs to build the package.
if ProcessInfo.processInfo.environment["LASAGNE_DOCS"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

if !isLight {
  package.products += [
    .library(name: "LasagneCommand", targets: ["LasagneCommand"]),
    .executable(name: "lasagne", targets: ["lasagne"]),
  ]
  package.dependencies += [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ]
  package.targets += [
    .target(
      name: "Dashboard",
      dependencies: [
        "LasagneEngine", "Displays",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.copy("Web")],
      swiftSettings: settings),
    library(
      "LasagneCommand",
      [
        "Dashboard", "Displays", "Interop", "LasagneEngine", "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(name: "lasagne", dependencies: ["LasagneCommand"], swiftSettings: settings),
    tests("DashboardTests", ["Dashboard"]),
    tests("LasagneCommandTests", ["LasagneCommand"]),
  ]
}
