import ArgumentParser
import PulseArguments
import PulseCommands
import PulseDomain
import PulseEngine
import PulseGateway

struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Serves API v1 to consoles and scripts: accounts, roles, live events.",
        discussion: """
            With --embedded it holds the engine of a configuration itself; with --engine it stands before one or many \
            that run elsewhere (`pulse-server engine`) and share their store. The first start prints a one-time \
            password for `admin`. Every request is logged as a line of JSON on standard error. SIGTERM and Ctrl-C end it after \
            what is under way; SIGHUP reads certificates and keys again.
            """)

    @Flag(help: "Run the engine of the configuration in this process.")
    var embedded = false

    @Option(
        name: .customLong("engine"),
        help: ArgumentHelp(
            "An engine elsewhere, and whose data it works on unless that is `local`; may come several times.",
            valueName: "[tenant=]url"))
    var engines: [String] = []

    @Option(
        name: .customLong("internal-key"),
        help: ArgumentHelp("The file of the key that the engines have too.", valueName: "file"), completion: .file())
    var internalKey: String?

    @Option(
        name: .customLong("engine-ca"),
        help: ArgumentHelp(
            "PEM: certificates to trust the engines by, besides the system's.", valueName: "file"),
        completion: .file())
    var engineCA: String?

    @OptionGroup var engine: ConfigurationOptions
    @OptionGroup var address: AddressOptions
    @OptionGroup var folder: DataFolder

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 5_000)

    @Option(help: ArgumentHelp("The name that tokens are issued under.", valueName: "name"))
    var issuer = "pulse"

    @Option(help: ArgumentHelp("How the first key signs: ES256, EdDSA or HS256.", valueName: "algorithm"))
    var algorithm = SigningAlgorithm.es256

    @Option(
        name: .customLong("trusted-proxy"),
        help: ArgumentHelp(
            "An address whose X-Forwarded-For is believed; may come several times.", valueName: "address"))
    var proxies: [String] = []

    @Option(
        name: .customLong("principal-limit"),
        help: ArgumentHelp("Requests a minute of one user or token.", valueName: "requests"))
    var principalLimit = 600

    @Option(
        name: .customLong("address-limit"),
        help: ArgumentHelp("Requests a minute of one address.", valueName: "requests"))
    var addressLimit = 1_200

    func validate() throws {
        guard principalLimit > 0, addressLimit > 0 else {
            throw ValidationError("--principal-limit and --address-limit take numbers above 0.")
        }
        guard embedded == engines.isEmpty else {
            throw ValidationError(
                "Give either --embedded, to run the engine of a configuration here, or --engine URL once for each engine that "
                    + "runs elsewhere.")
        }
        guard embedded || internalKey != nil else {
            throw ValidationError("--engine needs --internal-key: the file of the key that the engines have too.")
        }
        guard embedded || (engine.wishes == SettingsWishes()) else {
            throw ValidationError("--config and --store belong to --embedded: engines elsewhere have their own.")
        }
        for engine in engines where Self.address(engine) == nil {
            throw ValidationError("`\(engine)` is no address of an engine, such as https://engine-1:8000.")
        }
        guard address.tls != nil || listen.isLoopback || !proxies.isEmpty else {
            throw ValidationError(
                "Without TLS passwords would cross the network readable. Give --tls-certificate and --tls-key, listen "
                    + "at 127.0.0.1, or name the proxy in front with --trusted-proxy.")
        }
    }

    func run() async throws {
        let (listen, tls) = (listen, address.tls)
        let settings = Gateway.Settings(
            address: address.at(listen), data: folder.path, tokens: TokenSettings(issuer: issuer),
            algorithm: algorithm, proxies: TrustedProxies(proxies),
            throttle: .init(principalPerMinute: principalLimit, addressPerMinute: addressLimit))
        try await Telemetry.exporting(as: "pulse-gateway") { try await serve(settings, at: listen, tls) }
    }

    private func serve(_ settings: Gateway.Settings, at listen: ListenAddress, _ tls: TLSFiles?) async throws {
        try await settings.address.check()
        guard !embedded, let internalKey else {
            try await ServedEngine.run(engine.wishes, .gateway, context: .current) { tenant, operations in
                try await Self.serve(.embedded(tenant, operations), settings, at: listen, tls)
            }
            return
        }
        let remote = try RemoteEngines(
            engines.compactMap(Self.address), keyFile: internalKey, caFile: engineCA)
        for engine in engines.compactMap(Self.address) where engine.isReadable {
            Telling.tell(
                "pulse: The internal key crosses the network readable to \(engine.url). Use https unless nobody else is on it."
            )
        }
        try await Self.serve(.remote(remote), settings, at: listen, tls)
    }

    private static func address(_ text: String) -> RemoteEngines.Address? {
        RemoteEngines.Address(text, otherwise: "local")
    }

    private static func serve(
        _ backing: Gateway.Backing, _ settings: Gateway.Settings, at listen: ListenAddress, _ tls: TLSFiles?
    ) async throws {
        let gateway = try await Gateway(
            settings, serving: backing, time: SystemClock(), telling: { Telling.tell("pulse: \($0)") },
            onListening: { Telling.tellListening(at: listen, port: $0, tls: tls) })
        if let first = gateway.first {
            Telling.tell(
                "Nobody may come in yet, so \(first.name) was made. One-time password: \(first.password)\n"
                    + "It is not shown again, and is only good for choosing another.")
        }
        try await Serving.run(gateway, patience: settings.limits.ending) { await gateway.reload() }
    }
}
