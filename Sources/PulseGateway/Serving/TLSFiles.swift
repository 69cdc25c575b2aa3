import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import PulseDomain
import Synchronization

/// Where certificate and key are.
package struct TLSFiles: Sendable, Hashable {
    /// PEM: the certificate, then those that lead to a trusted one.
    package var certificates: String
    /// PEM. Only its owner may read it.
    package var key: String

    package init(certificates: String, key: String) {
        self.certificates = certificates
        self.key = key
    }

    /// Reads both. Throws `Failure`.
    func configuration() throws -> TLSConfiguration {
        try PrivateFile.check(key)
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificates)
            guard !chain.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            // That they belong together is only found out when a context is made of them.
            _ = try NIOSSLContext(configuration: configuration)
            return configuration
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(
                .ours, code: "tls.files", "The certificates in \(certificates) and the key in \(key) cannot be used.",
                remedy: "Both have to be PEM, and the key has to be that of the first certificate.")
        }
    }
}

/// TLS with HTTP/2, whose certificates can be changed: connections that begin later get the new ones.
final class RenewableTLS: ServerChildChannel {
    typealias Value = HTTP2UpgradeChannel.Value

    private let files: TLSFiles
    private let configuration: HTTP2ChannelConfiguration
    private let responder: HTTPChannelHandler.Responder
    private let present: Mutex<HTTP2UpgradeChannel>

    /// Throws `Failure`.
    init(
        _ files: TLSFiles, configuration: HTTP2ChannelConfiguration, responder: @escaping HTTPChannelHandler.Responder
    ) throws {
        self.files = files
        self.configuration = configuration
        self.responder = responder
        present = Mutex(
            try HTTP2UpgradeChannel(
                tlsConfiguration: try files.configuration(), configuration: configuration, responder: responder))
    }

    /// Reads the files anew. Throws `Failure`; the former certificates stay then.
    func renew() throws {
        let renewed = try HTTP2UpgradeChannel(
            tlsConfiguration: try files.configuration(), configuration: configuration, responder: responder)
        present.withLock { $0 = renewed }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        present.withLock { $0 }.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async {
        await present.withLock { $0 }.handle(value: value, logger: logger)
    }
}
