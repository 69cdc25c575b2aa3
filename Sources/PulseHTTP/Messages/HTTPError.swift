/// Why there is no whole response.
///
/// It names the host, never user name, password, path or query of a URL, so it may be logged and shown.
package enum HTTPError: Error, Sendable, Hashable {
    /// Where it happened, and what libcurl said.
    package struct Origin: Sendable, Hashable {
        /// Host name or address, without port; empty when the URL has none.
        package let host: String
        /// libcurl's `CURLcode`; `nil` when the failure did not come from libcurl.
        package let curlCode: Int?

        package init(host: String, curlCode: Int? = nil) {
            self.host = host
            self.curlCode = curlCode
        }
    }

    /// How far an exchange was when its time was over.
    package enum Phase: String, Sendable, Hashable {
        /// Looking up the host's address.
        case resolving
        /// Opening the connection, TLS included.
        case connecting
        /// Connected; the answer has not begun.
        case waiting
        /// The answer has begun and did not end, or stalled.
        case receiving
    }

    /// The host name has no address, or the name server could not be asked.
    case cannotResolveHost(Origin)
    /// Nobody took the connection.
    case cannotConnect(Origin)
    /// No trusted connection: certificate, host name, protocol. `detail` is what the TLS library said.
    case tlsFailure(Origin, detail: String)
    /// The request's `timeout` or `connectTimeout` passed, or the body stalled.
    case timedOut(Origin, phase: Phase)
    /// There was a connection and it broke: reset, an empty or unreadable answer, a body shorter than announced.
    case connectionLost(Origin, detail: String)
    /// The body is larger than the request allows.
    case bodyTooLarge(Origin, limitInBytes: Int)
    /// More redirects than are followed.
    case tooManyRedirects(Origin)
    /// Not an absolute `http` or `https` URL, or a redirect to something else.
    case unsupportedURL(Origin)
    /// The proxy could not be found, reached or persuaded.
    case proxyFailure(Origin, detail: String)
    /// The caller's task was cancelled, or the transport was shut down.
    case cancelled(Origin)
    /// Anything else libcurl can say.
    case other(Origin, detail: String)

    /// Where it happened, and what libcurl said.
    package var origin: Origin {
        switch self {
        case .cannotResolveHost(let origin), .cannotConnect(let origin), .tlsFailure(let origin, _),
            .timedOut(let origin, _), .connectionLost(let origin, _), .bodyTooLarge(let origin, _),
            .tooManyRedirects(let origin), .unsupportedURL(let origin), .proxyFailure(let origin, _),
            .cancelled(let origin), .other(let origin, _):
            origin
        }
    }

    /// The host it happened with.
    package var host: String { origin.host }

    /// Whether the same request may well succeed later without anybody changing anything.
    package var isTransient: Bool {
        switch self {
        case .cannotResolveHost, .cannotConnect, .timedOut, .connectionLost, .proxyFailure: true
        case .tlsFailure, .bodyTooLarge, .tooManyRedirects, .unsupportedURL, .cancelled, .other: false
        }
    }
}
