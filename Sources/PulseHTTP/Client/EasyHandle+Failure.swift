import CLibcurl

extension HTTPError.Origin {
    func with(_ code: CURLcode) -> HTTPError.Origin {
        HTTPError.Origin(host: host, curlCode: Int(code.rawValue))
    }
}

extension EasyHandle {
    /// What a failed transfer means (libcurl-errors(3)).
    func error(
        for code: CURLcode, target: URLParts, proxy: CurlTransport.Configuration.Proxy, hasHead: Bool
    ) -> HTTPError {
        let origin = target.origin.with(code)
        let said = explanation(of: code)
        let detail = Self.harmless(said, secrets: target.secrets, proxy: proxy)
        if let failure = proxyFailure(code, said: said, origin: origin, detail: detail) { return failure }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return .cannotResolveHost(origin)
        case CURLE_COULDNT_CONNECT:
            return .cannotConnect(origin)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(origin, phase: phase(hasHead: hasHead))
        case CURLE_SSL_CONNECT_ERROR where Self.isBrokenConnection(said):
            return .connectionLost(origin, detail: detail)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
            return .tlsFailure(origin, detail: detail)
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_HTTP3, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR,
            CURLE_SEND_FAIL_REWIND, CURLE_SSL_SHUTDOWN_FAILED, CURLE_AGAIN:
            return .connectionLost(origin, detail: detail)
        case CURLE_UNSUPPORTED_PROTOCOL:
            // The scheme was checked before, so this is about the protocol that the server answered in.
            return .connectionLost(origin, detail: detail)
        case CURLE_TOO_MANY_REDIRECTS:
            return .tooManyRedirects(origin)
        case CURLE_URL_MALFORMAT:
            return .unsupportedURL(origin)
        default:
            return .other(origin, detail: detail)
        }
    }

    private func proxyFailure(
        _ code: CURLcode, said: String, origin: HTTPError.Origin, detail: String
    ) -> HTTPError? {
        if code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY { return .proxyFailure(origin, detail: detail) }
        let answer = number(CURLINFO_HTTP_CONNECTCODE)
        if answer != 0, !(200...299).contains(answer) {
            return .proxyFailure(origin, detail: "it answered with status \(answer)")
        }
        // libcurl names what it could not reach, and only here tells a proxy from the host.
        let prefix = "Failed to connect to "
        if code == CURLE_COULDNT_CONNECT, said.hasPrefix(prefix) {
            let name = said.dropFirst(prefix.count).prefix { $0 != " " }
            let bare = origin.host.filter { $0 != "[" && $0 != "]" }
            if name.lowercased() != bare { return .proxyFailure(origin, detail: detail) }
        }
        return nil
    }

    private func phase(hasHead: Bool) -> HTTPError.Phase {
        if time(CURLINFO_PRETRANSFER_TIME_T) > 0 { return hasHead ? .receiving : .waiting }
        return time(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? .connecting : .resolving
    }

    /// A server that hangs up during the handshake is no reason to distrust it; OpenSSL says so only in words.
    private static func isBrokenConnection(_ said: String) -> Bool {
        ["SSL_ERROR_SYSCALL", "reset by peer", "Broken pipe", "unexpected eof"].contains { said.contains($0) }
    }

    /// A text from libcurl or the server fit for logs and screens: without user names, passwords, queries and addresses,
    /// visible ASCII only, and not long.
    static func harmless(
        _ said: String, secrets: [String], proxy: CurlTransport.Configuration.Proxy
    ) -> String {
        var text = said
        var hidden = secrets
        if case .url(let url, _) = proxy, let parts = URLParts.secrets(ofProxy: url) { hidden += parts }
        for secret in hidden.sorted(by: { $0.utf8.count > $1.utf8.count }) where !secret.isEmpty {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
        let words = text.split(separator: " ").map { $0.contains("://") ? "(address)" : $0 }
        let visible = words.joined(separator: " ").unicodeScalars.map { scalar in
            (0x20...0x7E).contains(scalar.value) ? Character(scalar) : "?"
        }
        return String(visible.prefix(200))
    }
}
