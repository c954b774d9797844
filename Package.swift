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
    library("Storage", ["Cryptography", "Ledger", "CRocksDB"]),
    library("Transport", ["CBOR", "Cryptography", "Ledger", "COpenSSL", "CLinux"]),
    // Floor 6.
    library(
      "Node",
      [
        "CBOR", "Cryptography", "Merkle", "Ledger", "CollateralContract", "Consensus", "Storage",
        "Transport", "CLinux",
      ]),
    // Floor 7.
    .executableTarget(
      name: "hypothec",
      dependencies: [
        "CBOR", "CommandInterface", "LocalProcesses", "Cryptography", "Merkle", "Ledger",
        "Consensus", "Storage", "Transport", "Node", "CLinux",
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
      ["Cryptography", "Ledger", "CollateralContract", "TestSupport"]),
    tests(of: "Consensus", ["Cryptography", "Ledger", "Consensus", "TestSupport"]),
    tests(of: "Storage", ["Cryptography", "Ledger", "Storage", "TestSupport"]),
    tests(of: "Transport", ["CBOR", "Cryptography", "Ledger", "Transport", "TestSupport"]),
    tests(
      of: "Node",
      [
        "CBOR", "Cryptography", "Merkle", "Ledger", "CollateralContract", "Consensus", "Storage",
        "Transport", "Node", "TestSupport",
      ]),
    .testTarget(
      name: "HypothecTests",
      dependencies: [
        "CBOR", "CommandInterface", "LocalProcesses", "Cryptography", "Merkle", "Ledger",
        "CollateralContract", "Consensus", "Storage", "Transport", "Node", "TestSupport",
        "hypothec",
      ],
      swiftSettings: settings),
  ]
)
