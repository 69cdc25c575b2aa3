import ArgumentParser
import PulseCommands
import PulseDomain
import PulseEngine
import PulseGateway

struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Serves API v1 to consoles and scripts: accounts, roles, live events.",
        discussion: """
            With --embedded it holds the engine of a configuration itself. The first start prints a one-time password \
            for `admin`. Every request is logged as a line of JSON on standard error. SIGTERM and Ctrl-C end it after \
            what is under way; SIGHUP reads certificates and keys again.
            """)

    @Flag(help: "Run the engine of the configuration in this process.")
    var embedded = false

    @OptionGroup var engine: EngineOptions
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

    func validate() throws {
        guard embedded else {
            throw ValidationError("--embedded is needed: a gateway in front of other engines is not there yet.")
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
            algorithm: algorithm, proxies: TrustedProxies(proxies))
        try await Telling.failures {
            try await ServedEngine.run(engine.wishes, context: CommandContext.current.plain) { tenant, operations in
                let gateway = try await Gateway(
                    settings, tenant: tenant, operations: operations, time: SystemClock()
                ) { Telling.tellListening(at: listen, port: $0, tls: tls) }
                if let first = gateway.first {
                    Telling.tell(
                        "Nobody may come in yet, so \(first.name) was made. One-time password: \(first.password)\n"
                            + "It is not shown again, and is only good for choosing another.")
                }
                try await Serving.run(gateway, patience: settings.limits.ending) { await gateway.reload() }
            }
        }
    }
}
