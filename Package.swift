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
/// What serving HTTP takes; only the targets of `pulse-server` may have it, so that building `pulse` stays quick.
let serving: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
/// What the gateway takes besides.
let gatewayServing: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdHTTP2", package: "hummingbird"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
/// Signatures, digests and password hashes.
let cryptography: [Target.Dependency] = [
    .product(name: "Crypto", package: "swift-crypto"),
    .product(name: "CryptoExtras", package: "swift-crypto"),
]
/// How a service is run and ended.
let lifecycle: [Target.Dependency] = [
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    .product(name: "Logging", package: "swift-log"),
]

let package = Package(
    name: "pulse",
    products: [
        .executable(name: "pulse", targets: ["pulse"]),
        .executable(name: "pulse-server", targets: ["pulse-server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        // Of pulse-server alone.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // One C library each, no logic.
        .systemLibrary(name: "CLibcurl"),
        .systemLibrary(name: "CLibpq"),
        .systemLibrary(name: "CNcurses"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CMalloc"),
        .target(name: "CSimdjson"),
        // Not a library: gives every thread a stack for signal handlers.
        .target(name: "CAlternateStack"),
        // What every child process begins with.
        .target(name: "CSpawn"),

        // Values and rules.
        .target(name: "PulseDomain", swiftSettings: settings),
        .target(
            name: "PulseJSON", dependencies: ["CSimdjson"],
            swiftSettings: settings + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "PulseHTTP", dependencies: ["CLibcurl"], swiftSettings: settings),
        .target(name: "PulsePostgres", dependencies: ["CLibpq"], swiftSettings: settings),
        .target(
            name: "PulseConfiguration", dependencies: ["CSpawn", "PulseDomain", "PulsePostgres", yams],
            swiftSettings: settings),
        .target(
            name: "PulseResources",
            resources: [
                .embedInCode("pulse-dark.yaml"), .embedInCode("pulse-light.yaml"), .embedInCode("pulse.yaml"),
            ], swiftSettings: settings),

        // What the engine works with.
        .target(
            name: "PulseStore", dependencies: ["PulseDomain", "PulsePostgres", "CZlib"] + grdb,
            swiftSettings: settings),
        .target(
            name: "PulseConnectors", dependencies: ["CSpawn", "PulseDomain", "PulseJSON", "PulseHTTP"],
            swiftSettings: settings),
        .target(
            name: "PulseSandbox", dependencies: ["PulseDomain", "PulseJSON", "PulseHTTP"], swiftSettings: settings),

        // The engine.
        .target(
            name: "PulseEngine",
            dependencies: ["PulseDomain", "PulseJSON", "PulseHTTP", "PulseConnectors", "PulseStore"],
            swiftSettings: settings),

        // What people see.
        .target(name: "PulseTerminal", dependencies: ["CAlternateStack", "CNcurses", yams], swiftSettings: settings),
        .target(name: "PulseConsole", dependencies: ["PulseDomain", "PulseTerminal"], swiftSettings: settings),

        // API v1: its shapes, routes and client.
        .target(
            name: "PulseAPI", dependencies: ["PulseDomain", "PulseHTTP", "PulseJSON"], swiftSettings: settings),

        // One process drives the engine of another.
        .target(name: "PulseControl", dependencies: ["PulseDomain"], swiftSettings: settings),

        // What others look at: spans for collectors.
        .target(
            name: "PulseTelemetry", dependencies: ["PulseDomain", "PulseHTTP", "PulseJSON"], swiftSettings: settings),

        // Wiring.
        .target(
            name: "PulseAssembly",
            dependencies: [
                "CMalloc", "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseStore", "PulseConnectors",
                "PulseSandbox", "PulseEngine",
            ], swiftSettings: settings),
        .target(
            name: "PulseCommands",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseResources", "PulsePostgres", "PulseStore",
                "PulseConnectors", "PulseSandbox", "PulseEngine", "PulseTerminal", "PulseConsole", "PulseControl",
                "PulseAPI", "PulseAssembly", "PulseTelemetry",
                // Only to tell their versions.
                "CLibcurl", "CLibpq", "CNcurses", "CSimdjson", "CZlib",
            ] + grdb, swiftSettings: settings),
        .target(
            name: "PulseArguments",
            dependencies: ["PulseConfiguration", "PulseTerminal", "PulseCommands", arguments],
            swiftSettings: settings),
        .executableTarget(
            name: "pulse",
            dependencies: [
                "PulseArguments", "PulseDomain", "PulseConfiguration", "PulseAPI", "PulseAssembly", "PulseTerminal",
                "PulseCommands",
                arguments,
            ],
            swiftSettings: settings),
        .target(name: "PulseGzip", dependencies: ["CZlib"], swiftSettings: settings),
        .target(
            name: "PulseSandboxServer", dependencies: ["PulseGzip", "PulseHTTP", "PulseSandbox"] + serving + lifecycle,
            swiftSettings: settings),
        .target(
            name: "PulseGateway",
            dependencies: ["PulseDomain", "PulseJSON", "PulseHTTP", "PulseControl", "PulseAPI", "PulseGzip"] + serving
                + gatewayServing + cryptography + grdb + lifecycle, swiftSettings: settings),
        .executableTarget(
            name: "pulse-server",
            dependencies: [
                "PulseArguments", "PulseDomain", "PulseConfiguration", "PulseSandbox", "PulseEngine", "PulseAssembly",
                "PulseCommands", "PulseSandboxServer", "PulseGateway", arguments,
            ] + lifecycle,
            swiftSettings: settings),

        // Tests.
        .target(name: "PulseFuzzing", path: "Tests/PulseFuzzing", swiftSettings: settings),
        .target(name: "PulseTestTurns", path: "Tests/PulseTestTurns", swiftSettings: settings),
        .target(
            name: "PulseSimulation", dependencies: ["PulseDomain"], path: "Tests/PulseSimulation",
            swiftSettings: settings),
        .target(
            name: "PulseStoreConformance", dependencies: ["PulseDomain", "PulseStore", "PulseConnectors"],
            path: "Tests/PulseStoreConformance", swiftSettings: settings),
        .executableTarget(
            name: "PulseKillSubject",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseStore", "PulseSandbox", "PulseEngine",
                "PulseAssembly", "PulsePostgres",
            ], path: "Tests/PulseKillSubject", swiftSettings: settings),
        // Measures ratios, by hand: swift run -c release PulseBench --help.
        .target(
            name: "PulseMeasuring", dependencies: ["PulseDomain"], path: "Tests/PulseMeasuring", swiftSettings: settings
        ),
        .executableTarget(
            name: "PulseGatewayBench",
            dependencies: ["PulseDomain", "PulseEngine", "PulseGateway", "PulseMeasuring"] + serving
                + gatewayServing + lifecycle, path: "Tests/PulseGatewayBench", swiftSettings: settings),
        .executableTarget(
            name: "PulseBench",
            dependencies: [
                "PulseMeasuring",
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseStore", "PulseConnectors", "PulseSandbox",
                "PulseEngine", "PulseAssembly", "PulsePostgres", "PulsePostgresCluster",
            ] + grdb, path: "Tests/PulseBench", swiftSettings: settings),
        .testTarget(name: "PulseDomainTests", dependencies: ["PulseDomain"], swiftSettings: settings),
        .testTarget(
            name: "PulseJSONTests", dependencies: ["PulseJSON", "PulseTestTurns", "PulseFuzzing"],
            swiftSettings: settings),
        .target(
            name: "PulseTestServer", dependencies: ["PulseHTTP"], path: "Tests/PulseTestServer", swiftSettings: settings
        ),
        .testTarget(
            name: "PulseHTTPTests", dependencies: ["PulseHTTP", "PulseTestServer"], swiftSettings: settings),
        .testTarget(
            name: "PulseConfigurationTests",
            dependencies: ["PulseDomain", "PulseConfiguration", "PulsePostgres", "PulseResources"],
            swiftSettings: settings),
        .testTarget(
            name: "PulseStoreTests",
            dependencies: [
                "PulseDomain", "PulsePostgres", "PulseStore", "PulseConnectors", "PulseStoreConformance",
                "PulsePostgresCluster", "PulseTestTurns",
            ] + grdb,
            swiftSettings: settings),
        .target(name: "PulsePostgresCluster", path: "Tests/PulsePostgresCluster", swiftSettings: settings),
        .testTarget(
            name: "PulsePostgresTests", dependencies: ["PulsePostgres", "PulsePostgresCluster"],
            swiftSettings: settings),
        .testTarget(
            name: "PulseConnectorsTests",
            dependencies: [
                "PulseDomain", "PulseJSON", "PulseHTTP", "PulseConnectors", "PulseTestTurns", "PulseFuzzing",
            ],
            exclude: ["Contracts", "Jira/Fixtures", "GitHub/Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "PulseSandboxTests", dependencies: ["PulseDomain", "PulseJSON", "PulseHTTP", "PulseSandbox"],
            swiftSettings: settings),
        .testTarget(
            name: "PulseEngineTests",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseStore", "PulseConnectors", "PulseSandbox",
                "PulseEngine", "PulseAssembly", "PulseSimulation", "PulsePostgres", "PulsePostgresCluster",
                "PulseTestTurns",
            ], swiftSettings: settings),
        .testTarget(
            name: "PulseKillTests",
            dependencies: [
                "PulseDomain", "PulsePostgres", "PulseStore", "PulseKillSubject", "PulsePostgresCluster",
                "PulseTestTurns",
            ], swiftSettings: settings),
        .executableTarget(
            name: "PulseTerminalSubject", dependencies: ["PulseTerminal"], path: "Tests/PulseTerminalSubject",
            swiftSettings: settings),
        .testTarget(
            name: "PulseTerminalTests", dependencies: ["CSpawn", "PulseTerminal", "CNcurses", "PulseTerminalSubject"],
            swiftSettings: settings),
        .target(
            name: "PulseTestGateway",
            dependencies: ["PulseDomain", "PulseHTTP", "PulseAPI", "PulseEngine", "PulseGateway", "PulseTestServer"]
                + lifecycle, path: "Tests/PulseTestGateway", swiftSettings: settings),
        .testTarget(
            name: "PulseConsoleTests",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseStore", "PulseSandbox", "PulseEngine",
                "PulseTerminal", "PulseConsole", "PulseAPI", "PulseAssembly", "PulseTestGateway", "PulseTestTurns",
            ],
            exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "PulseSandboxServerTests",
            dependencies: ["PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseSandbox", "PulseSandboxServer"]
                + lifecycle, swiftSettings: settings),
        .testTarget(
            name: "PulseCommandTests",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseConfiguration", "PulseConnectors", "PulseControl", "PulseEngine",
                "PulseStore", "PulseTerminal", "PulseAPI", "PulseAssembly", "PulseCommands", "PulseConsole",
                "PulseSimulation", "PulseTestGateway", "PulseTestServer", "PulseTestTurns", "PulseArguments", "pulse",
                arguments,
            ], swiftSettings: settings),
        .testTarget(
            name: "PulseProcessTests",
            dependencies: [
                "CSpawn", "PulseDomain", "PulseConfiguration", "PulseControl", "PulseCommands", "PulsePostgres",
                "PulsePostgresCluster", "PulseTestServer", "PulseTestTurns", "pulse", "pulse-server",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PulseAPITests",
            dependencies: ["PulseDomain", "PulseHTTP", "PulseJSON", "PulseAPI", "PulseTestServer", "PulseFuzzing"],
            exclude: ["Golden"],
            swiftSettings: settings),
        .testTarget(
            name: "PulseTelemetryTests",
            dependencies: ["PulseDomain", "PulseHTTP", "PulseJSON", "PulseSimulation", "PulseTelemetry"],
            swiftSettings: settings),
        .testTarget(
            name: "PulseGatewayTests",
            dependencies: [
                "PulseDomain", "PulseHTTP", "PulseAPI", "PulseGateway", "PulseFuzzing", "PulseSimulation",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
                // An opinion of somebody else on our tokens.
                .product(name: "JWTKit", package: "jwt-kit"),
            ] + grdb + lifecycle, swiftSettings: settings),
        .testTarget(
            name: "PulseControlTests", dependencies: ["PulseDomain", "PulseControl", "PulseSimulation"],
            swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)
