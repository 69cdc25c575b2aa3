import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
package import PulseSandbox
import ServiceLifecycle

/// Serves simulated sources over real HTTP/1.1, so that any client can try itself on them.
///
/// What the sandbox answers goes out as it is, headers included. Where its network fails (reset, refused connection,
/// time-out), the connection ends without an answer. A client that leaves ends its request in the sandbox too.
package struct SandboxServer: Service {
    /// Where it listens, and how much it takes from a client.
    package struct Settings: Sendable {
        /// Name or address; everything that can reach it may ask, so it is this machine only unless said otherwise.
        package var host: String
        /// 0 for any that is free.
        package var port: Int
        /// A longer request is answered with 413.
        package var maximumBodySizeInBytes: Int
        /// A connection without a request, or with a request that does not go on, is closed after this.
        package var idleTimeout: Duration
        /// How long the sandbox may hold a request that a fault lets go unanswered, by the sandbox's clock.
        package var patience: Duration

        package init(
            host: String = "127.0.0.1", port: Int = 0, maximumBodySizeInBytes: Int = 1 << 20,
            idleTimeout: Duration = .seconds(75), patience: Duration = .seconds(600)
        ) {
            self.host = host
            self.port = port
            self.maximumBodySizeInBytes = maximumBodySizeInBytes
            self.idleTimeout = idleTimeout
            self.patience = patience
        }
    }

    let sandbox: Sandbox
    let settings: Settings
    /// What has come in so far.
    package let counts = ServerCounts()
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameter onListening: called once with the port, when requests are taken.
    package init(
        _ sandbox: Sandbox, settings: Settings = Settings(),
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.sandbox = sandbox
        self.settings = settings
        self.onListening = onListening
    }

    /// Serves until its service group shuts down (requests under way are answered) or its task is cancelled (they end).
    ///
    /// - Throws: ``SandboxServerError`` when the port cannot be had.
    package func run() async throws {
        let responder = SandboxResponder(
            sandbox: sandbox, routes: SandboxRoutes(sandbox.options), settings: settings, counts: counts)
        let counts = counts
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionWatch(counts: counts)],
            idleTimeout: .nanoseconds(settings.idleTimeout.components.seconds * 1_000_000_000))
        let onListening = onListening
        let server = try HTTPServerBuilder.http1(configuration: channel).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1_024),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "pulse-server", factory: { _ in SwiftLogNoOpLogHandler() }),
            responder: { request, writer, channel in
                try await responder.respond(to: request, writer: writer, channel: channel)
            },
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) })
        do { try await server.run() } catch let error as IOError {
            throw SandboxServerError(host: settings.host, port: settings.port, errorNumber: error.errnoCode)
        } catch is SocketAddressError.UnknownHost {
            throw SandboxServerError(host: settings.host, port: settings.port, errorNumber: EADDRNOTAVAIL)
        }
    }
}
