// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: language mode 6, the upcoming features we adopt, and no warnings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]

let package = Package(
    name: "pulse",
    products: [
        .executable(name: "pulse", targets: ["pulse"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // One C library each, no logic.
        .systemLibrary(name: "CLibcurl"),
        .systemLibrary(name: "CNcurses"),
        .systemLibrary(name: "CZlib"),
        .target(name: "CSimdjson"),

        // Values and rules.
        .target(name: "PulseDomain", swiftSettings: settings),
        .target(
            name: "PulseJSON", dependencies: ["CSimdjson"],
            swiftSettings: settings + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "PulseHTTP", dependencies: ["CLibcurl"], swiftSettings: settings),
        .target(name: "PulseConfiguration", dependencies: ["PulseDomain", yams], swiftSettings: settings),
        .target(
            name: "PulseResources",
            resources: [
                .embedInCode("pulse-dark.yaml"), .embedInCode("pulse-light.yaml"), .embedInCode("pulse.yaml"),
            ], swiftSettings: settings),

        // What the engine works with.
        .target(name: "PulseStore", dependencies: ["PulseDomain", "CZlib"] + grdb, swiftSettings: settings),
        .target(
            name: "PulseConnectors", dependencies: ["PulseDomain", "PulseJSON", "PulseHTTP"], swiftSettings: settings),
        .target(
            name: "PulseSandbox", dependencies: ["PulseDomain", "PulseJSON", "PulseHTTP"], swiftSettings: settings),

        // The engine.
        .target(
            name: "PulseEngine", dependencies: ["PulseDomain", "PulseHTTP", "PulseConnectors", "PulseStore"],
            swiftSettings: settings),

        // What people see.
        .target(name: "PulseTerminal", dependencies: ["CNcurses", yams], swiftSettings: settings),
        .target(name: "PulseConsole", dependencies: ["PulseDomain", "PulseTerminal"], swiftSettings: settings),

        // Wiring.
        .target(
            name: "PulseAssembly",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseStore", "PulseConnectors", "PulseSandbox",
                "PulseEngine",
            ], swiftSettings: settings),
        .executableTarget(
            name: "pulse",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseResources", "PulseStore", "PulseConnectors",
                "PulseSandbox", "PulseEngine", "PulseTerminal", "PulseConsole", "PulseAssembly", arguments,
            ], swiftSettings: settings),

        // Tests.
        .target(
            name: "PulseSimulation", dependencies: ["PulseDomain"], path: "Tests/PulseSimulation",
            swiftSettings: settings),
        .testTarget(
            name: "PulseEngineTests",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseStore", "PulseConnectors", "PulseSandbox",
                "PulseEngine", "PulseAssembly", "PulseSimulation",
            ], swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)
