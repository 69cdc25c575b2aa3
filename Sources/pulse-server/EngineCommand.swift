import ArgumentParser
import PulseArguments
import PulseCommands
import PulseDomain
import PulseEngine
import PulseGateway

struct EngineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "Runs an engine and serves it to gateways, which have the internal key.",
        discussion: """
            Nobody logs in here: who has the key is believed for whom it asks. Listen where only gateways come. SIGTERM \
            and Ctrl-C end it after what is under way; SIGHUP reads certificates again.
            """)

    @OptionGroup var engine: ConfigurationOptions
    @OptionGroup var address: AddressOptions

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8_000)

    @Option(
        name: .customLong("internal-key"),
        help: ArgumentHelp(
            "The file of the internal key, which only its owner may read: openssl rand -hex 32 makes one.",
            valueName: "file"), completion: .file())
    var key: String

    func run() async throws {
        let (listen, tls) = (listen, address.tls)
        let settings = try EngineServer.Settings(address: address.at(listen), keyFile: key)
        try await settings.address.check()
        try await Telemetry.exporting(as: "pulse-engine") {
            try await ServedEngine.run(engine.wishes, .engine, context: .current) { tenant, operations in
                let server = EngineServer(settings, tenant: tenant, operations: operations, time: SystemClock()) {
                    Telling.tellListening(at: listen, port: $0, tls: tls)
                }
                try await Serving.run(server, patience: settings.limits.ending) { await server.reload() }
            }
        }
    }
}
