// swift-tools-version: 6.2
import PackageDescription

// No package is named here, and none ever will be: what hypothec needs beyond the
// toolchain are two system libraries. The floors of the house are in docs/architecture.md;
// a target lists every module that its files import, and nothing else.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "hypothec",
  products: [
    .executable(name: "hypothec", targets: ["hypothec"]),
    .executable(name: "hypothec-benchmark", targets: ["hypothec-benchmark"]),
    .executable(name: "hypothec-simulator", targets: ["hypothec-simulator"]),
  ],
  dependencies: [],
  targets: [
    // Floor 0: system libraries, and the kernel's interface.
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CRocksDB", pkgConfig: "rocksdb", providers: [.apt(["librocksdb-dev"])]),
    .systemLibrary(name: "CLinux"),
    // Floor 1.
    library("CBOR", []),
    library("CommandInterface", []),
    library("LocalProcesses", []),
    // Floor 2.
    library("Cryptography", ["CBOR", "COpenSSL"]),
    // Floor 3.
    library("Merkle", ["CBOR", "Cryptography"]),
    // Floor 4.
    library("Ledger", ["CBOR", "Cryptography", "Merkle"]),
    // Floor 5: siblings, which never see each other.
    library("CollateralContract", ["Cryptography", "Ledger"]),
    library("Consensus", ["CBOR", "Cryptography", "Ledger"]),
    library("Documents", ["CommandInterface", "Cryptography", "Ledger"]),
    library("Storage", ["Cryptography", "Ledger", "CRocksDB"]),
    library("Transport", ["CBOR", "Cryptography", "Ledger", "COpenSSL", "CLinux"]),
    // Floor 6.
    library("ContractTwin", ["Cryptography", "Ledger", "CollateralContract"]),
    library("SimulatedMachine", ["Cryptography", "Storage"]),
    library(
      "Node",
      [
        "CBOR", "Cryptography", "Merkle", "Ledger", "CollateralContract", "Consensus", "Storage",
        "Transport", "CLinux",
      ]),
    // Floor 7.
    library(
      "Simulator",
      [
        "CBOR", "Cryptography", "Merkle", "Ledger", "CollateralContract", "Consensus", "Storage",
        "Transport", "ContractTwin", "SimulatedMachine", "Node",
      ]),
    .executableTarget(
      name: "hypothec-simulator",
      dependencies: [
        "CommandInterface", "LocalProcesses", "Ledger", "Documents", "Consensus", "Simulator",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "hypothec",
      dependencies: [
        "CBOR", "CommandInterface", "LocalProcesses", "Cryptography", "Merkle", "Ledger",
        "Consensus", "Documents", "Storage", "Transport", "Node", "CLinux",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "hypothec-benchmark",
      dependencies: [
        "CBOR", "LocalProcesses", "Cryptography", "Ledger", "Transport", "Node",
      ],
      swiftSettings: settings),
    // Tests.
    .target(
      name: "TestSupport",
      dependencies: [
        "CBOR", "Cryptography", "Ledger", "CollateralContract", "Consensus", "Storage",
        "ContractTwin", "SimulatedMachine",
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests(of: "CBOR", ["CBOR"]),
    tests(of: "CommandInterface", ["CommandInterface"]),
    tests(of: "LocalProcesses", ["LocalProcesses"]),
    tests(of: "Cryptography", ["CBOR", "Cryptography"]),
    tests(of: "Merkle", ["CBOR", "Cryptography", "Merkle"]),
    tests(of: "Ledger", ["CBOR", "Cryptography", "Ledger"]),
    tests(
      of: "CollateralContract",
      ["Cryptography", "Ledger", "CollateralContract", "ContractTwin", "TestSupport"]),
    tests(of: "Consensus", ["Cryptography", "Ledger", "Consensus", "TestSupport"]),
    tests(
      of: "Storage", ["Cryptography", "Ledger", "Storage", "SimulatedMachine", "TestSupport"]),
    tests(of: "Transport", ["CBOR", "Cryptography", "Ledger", "Transport", "TestSupport"]),
    tests(
      of: "Node",
      [
        "CBOR", "Cryptography", "Merkle", "Ledger", "CollateralContract", "Consensus", "Storage",
        "Transport", "SimulatedMachine", "Node", "TestSupport",
      ]),
    tests(
      of: "Simulator",
      [
        "CommandInterface", "LocalProcesses", "Cryptography", "Ledger", "Documents", "Node",
        "Simulator", "hypothec-simulator",
      ]),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "CBOR", "Cryptography", "Merkle", "Ledger", "Storage", "Transport", "SimulatedMachine",
        "Node",
      ],
      path: "Tests/FuzzTargets", swiftSettings: settings),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: settings),
    .testTarget(
      name: "HypothecTests",
      dependencies: [
        "CBOR", "CommandInterface", "LocalProcesses", "Cryptography", "Merkle", "Ledger",
        "CollateralContract", "Consensus", "Documents", "Storage", "Transport",
        "SimulatedMachine", "Node", "TestSupport", "hypothec",
      ],
      swiftSettings: settings),
  ]
)

// libFuzzer's driver, which `scripts/fuzz` asks for by the path of its library in the toolchain: built
// alone, with instrumentation everywhere.
if let libFuzzer = Context.environment["HYPOTHEC_FUZZ"] {
  for target in package.targets where target.type == .regular {
    target.swiftSettings = settings + [.unsafeFlags(["-sanitize=fuzzer"])]
  }
  package.targets.append(
    .executableTarget(
      name: "hypothec-fuzz", dependencies: ["FuzzTargets"],
      swiftSettings: settings + [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])],
      linkerSettings: [
        .unsafeFlags([libFuzzer]), .linkedLibrary("stdc++"), .linkedLibrary("m"),
      ]))
  package.products.append(.executable(name: "hypothec-fuzz", targets: ["hypothec-fuzz"]))
}
