import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOPosix
import PulseDomain
import ServiceLifecycle
import Synchronization

/// Serves API v1 until its service group shuts down: then no request is taken any more, streams end with what waits
/// for them, and what is under way is answered.
package final class GatewayServer: Service {
    /// Where it listens.
    package struct Address: Sendable, Hashable {
        package var host: String
        /// 0: any that is free.
        package var port: Int
        /// `nil`: without TLS.
        package var tls: TLSFiles?

        package init(host: String, port: Int, tls: TLSFiles? = nil) {
            self.host = host
            self.port = port
            self.tls = tls
        }

        /// Whether it can be listened at: looked at before work is begun that nobody could ask for. Throws `Failure`.
        package func check() async throws {
            do {
                let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .bind(host: host, port: port).get()
                try await channel.close()
            } catch {
                throw failure(error) ?? error
            }
        }

        /// What keeps it from being listened at; `nil` for an error that is about something else.
        fileprivate func failure(_ error: any Error) -> Failure? {
            switch error {
            case let error as IOError:
                Failure(
                    .ours, code: "listen.failed",
                    "The port \(port) of \(host) cannot be listened at: \(String(cString: strerror(error.errnoCode))).",
                    remedy: "Choose another with --listen, or end what has it.")
            case is SocketAddressError, is SocketAddressError.UnknownHost:
                Failure(
                    .ours, code: "config.listen", "\(host) is no address or name of this machine.",
                    remedy: "Give one with --listen, such as 127.0.0.1:\(port).")
            default: nil
            }
        }
    }

    private let responder: GatewayResponder
    private let address: Address
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let tls = Mutex<RenewableTLS?>(nil)

    init(
        _ responder: GatewayResponder, at address: Address,
        onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) {
        var responder = responder
        responder.isSecure = address.tls != nil
        self.responder = responder
        self.address = address
        self.onListening = onListening
    }

    /// - Throws: `Failure` when the port or the certificates cannot be had.
    package func run() async throws {
        let limits = responder.limits
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: [MalformedRequests()],
            idleTimeout: .nanoseconds(limits.idle.inMicroseconds * 1_000),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headersInBytes, maxHeaderListSize: limits.headersInBytes,
                maxHeaderFieldCount: limits.headerCount))
        let silence = Logger(label: "pulse-server", factory: { _ in SwiftLogNoOpLogHandler() })
        let application = Application(
            responder: responder, server: try builder(http1),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: silence)),
            onServerRunning: { [onListening] channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: silence)
        let responder = responder
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await application.run()
            } onCancelOrGracefulShutdown: {
                responder.endpoints.health.end()
                // Streams never end by themselves, and the server waits for its connections.
                for engine in responder.endpoints.engines.values { engine.hub.close() }
            }
        } catch {
            throw address.failure(error) ?? error
        }
    }

    /// Reads certificates and key anew. Throws `Failure`; the former ones stay then.
    package func renewCertificates() throws { try tls.withLock { $0 }?.renew() }

    private func builder(_ http1: HTTP1Channel.Configuration) throws -> HTTPServerBuilder {
        guard let files = address.tls else { return .http1(configuration: http1) }
        // Checked here, where an error is still told as one.
        _ = try files.configuration()
        let idle = responder.limits.idle
        return HTTPServerBuilder { responder in
            let channel = try RenewableTLS(
                files,
                configuration: HTTP2ChannelConfiguration(
                    idleTimeout: idle, gracefulCloseTimeout: .seconds(10), streamConfiguration: http1),
                responder: responder)
            self.tls.withLock { $0 = channel }
            return channel
        }
    }
}
