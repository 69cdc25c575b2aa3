import ArgumentParser
import Logging
import PulseDomain
import PulseGateway
import ServiceLifecycle
import UnixSignals

/// How connections are secured.
struct AddressOptions: ParsableArguments {
    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp("PEM: the certificate and those that lead to a trusted one.", valueName: "file"),
        completion: .file())
    var certificate: String?

    @Option(
        name: .customLong("tls-key"), help: ArgumentHelp("PEM: the certificate's key.", valueName: "file"),
        completion: .file())
    var key: String?

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together.")
        }
    }

    var tls: TLSFiles? {
        certificate.flatMap { certificate in key.map { TLSFiles(certificates: certificate, key: $0) } }
    }

    func at(_ address: ListenAddress) -> GatewayServer.Address {
        GatewayServer.Address(host: address.host, port: address.port, tls: tls)
    }
}

extension Telling {
    static func tellListening(at address: ListenAddress, port: Int, tls: TLSFiles?) {
        tell("Listening at \(tls == nil ? "http" : "https")://\(address.shownHost):\(port). Ctrl-C ends it.")
    }
}

/// Runs a server until a signal ends it.
enum Serving {
    static func run(
        _ server: some Service, patience: Duration, reload: @escaping @Sendable () async -> Void
    ) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: Reloading(reload: reload), successTerminationBehavior: .ignore),
            ], gracefulShutdownSignals: [.sigint, .sigterm],
            logger: Logger(label: "pulse-server", factory: { _ in SwiftLogNoOpLogHandler() }))
        configuration.maximumGracefulShutdownDuration = patience
        do { try await ServiceGroup(configuration: configuration).run() } catch is CancellationError {
            // The time for requests under way was over; they were cut off, as announced.
        }
    }
}

/// Reads certificates and keys again when SIGHUP comes.
private struct Reloading: Service {
    let reload: @Sendable () async -> Void

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { await reload() }
    }
}

/// `host:port`, `[address]:port`, or a port alone.
struct ListenAddress: ExpressibleByArgument, CustomStringConvertible, Sendable {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        let colon = argument.lastIndex(of: ":")
        let text = colon.map { argument[argument.index(after: $0)...] } ?? argument[...]
        guard let port = Int(text), (0...65_535).contains(port) else { return nil }
        let name = colon.map { argument[..<$0] } ?? "127.0.0.1"
        host = String(name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name)
        self.port = port
        if host.isEmpty { return nil }
    }

    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
    var shownHost: String { host.contains(":") ? "[\(host)]" : host }
    var description: String { "\(shownHost):\(port)" }
}
