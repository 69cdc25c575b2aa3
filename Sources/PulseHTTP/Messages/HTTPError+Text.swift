extension HTTPError {
    /// A name that stays the same between versions, for logs and rules.
    package var code: String {
        switch self {
        case .cannotResolveHost: "http.cannot_resolve_host"
        case .cannotConnect: "http.cannot_connect"
        case .tlsFailure: "http.tls_failure"
        case .timedOut: "http.timed_out"
        case .connectionLost: "http.connection_lost"
        case .bodyTooLarge: "http.body_too_large"
        case .tooManyRedirects: "http.too_many_redirects"
        case .unsupportedURL: "http.unsupported_url"
        case .proxyFailure: "http.proxy_failure"
        case .cancelled: "http.cancelled"
        case .other: "http.other"
        }
    }

    /// What happened, for a person.
    package var sentence: String {
        let host = host.isEmpty ? "the server" : host
        return switch self {
        case .cannotResolveHost: "The name \(host) could not be resolved to an address."
        case .cannotConnect: "No connection to \(host) could be opened."
        case .tlsFailure(_, let detail): "No trusted connection to \(host) could be made\(Self.clause(detail))."
        case .timedOut(_, .resolving): "Looking up the address of \(host) took too long."
        case .timedOut(_, .connecting): "Connecting to \(host) took too long."
        case .timedOut(_, .waiting): "\(host) took the request and did not answer in time."
        case .timedOut(_, .receiving): "\(host) began to answer and did not finish in time."
        case .connectionLost(_, let detail): "The connection to \(host) was lost\(Self.clause(detail))."
        case .bodyTooLarge(_, let limit): "The answer of \(host) is larger than the \(limit) bytes allowed."
        case .tooManyRedirects: "\(host) kept redirecting to another address."
        case .unsupportedURL: "The address for \(host) is not a usable http or https URL."
        case .proxyFailure(_, let detail): "The proxy did not let a request to \(host) through\(Self.clause(detail))."
        case .cancelled: "The request to \(host) was cancelled."
        case .other(_, let detail): "The request to \(host) failed\(Self.clause(detail))."
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch self {
        case .cannotResolveHost: "Check the spelling of the host name, the name server and the proxy settings."
        case .cannotConnect: "Check that the server is up, and that host, port, firewall and proxy settings are right."
        case .tlsFailure:
            "Check the server's certificate and host name, the clock, and for a private authority the setting ca_file."
        case .timedOut: "Try again; if it stays so, ask for smaller pages or allow a longer time-out."
        case .connectionLost:
            "Try again; if it stays so, ask for smaller pages and look at proxies between here and the server."
        case .bodyTooLarge: "Look at what answers at this address; no page that is asked for is that large."
        case .tooManyRedirects: "Open the configured address in a browser, and configure the one it ends at."
        case .unsupportedURL: "Configure an address that begins with https:// or http:// and a host name."
        case .proxyFailure:
            "Check address, user name and password of the proxy, and which hosts go around it (NO_PROXY)."
        case .cancelled: "Nothing; start it again if it is still wanted."
        case .other: "Look at the detail; with an up-to-date libcurl it may go away."
        }
    }

    private static func clause(_ detail: String) -> String {
        detail.isEmpty ? "" : ": \(detail)"
    }
}

extension HTTPError: CustomStringConvertible {
    /// Sentence, remedy and code in one line.
    package var description: String { "\(sentence) \(remedy) [\(code)]" }
}
