import CLibcurl

/// What must be known of a URL: where it leads, and what of it must not be told.
struct URLParts: Sendable, Hashable {
    /// `http` or `https`.
    let scheme: String
    /// In small letters; an IPv6 address has its brackets.
    let host: String
    let port: String
    /// User name, password and query, as far as there are any.
    let secrets: [String]

    /// `nil` when it is not an absolute http or https URL of visible ASCII with a host.
    init?(_ url: String) {
        // A space or a control character could end up in the request line; libcurl would stop at a NUL.
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let parser = curl_url() else { return nil }
        defer { curl_url_cleanup(parser) }
        guard curl_url_set(parser, CURLUPART_URL, url, 0) == CURLUE_OK,
            Self.hasAuthority(url), let scheme = Self.part(CURLUPART_SCHEME, of: parser),
            scheme == "http" || scheme == "https",
            let host = Self.part(CURLUPART_HOST, of: parser), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: parser)
        else { return nil }
        self.scheme = scheme
        self.host = String(decoding: host.utf8.map(asciiLowercased), as: UTF8.self)
        self.port = port
        secrets = [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY].compactMap { Self.part($0, of: parser) }
    }

    /// libcurl reads `http:///path` as `http://path`, where the mistake is better named.
    private static func hasAuthority(_ url: String) -> Bool {
        let rest = url.drop { $0 != ":" }
        return rest.hasPrefix("://") && !rest.hasPrefix(":///")
    }

    /// The parts of a URL that a request may go to.
    static func checked(_ url: String) throws(HTTPError) -> URLParts {
        guard let parts = URLParts(url) else { throw .unsupportedURL(HTTPError.Origin(host: "")) }
        return parts
    }

    /// Where errors of exchanges with it happen.
    var origin: HTTPError.Origin { HTTPError.Origin(host: host) }

    /// Whether what is meant for the one may be told to the other (RFC 6454 section 4).
    func hasSameOrigin(as other: URLParts) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// The URL without user name and password.
    static func withoutUser(_ url: String) -> String {
        guard url.utf8.contains(UInt8(ascii: "@")), let parser = curl_url() else { return url }
        defer { curl_url_cleanup(parser) }
        guard curl_url_set(parser, CURLUPART_URL, url, 0) == CURLUE_OK, part(CURLUPART_USER, of: parser) != nil else {
            return url
        }
        curl_url_set(parser, CURLUPART_USER, nil, 0)
        curl_url_set(parser, CURLUPART_PASSWORD, nil, 0)
        return part(CURLUPART_URL, of: parser) ?? ""
    }

    /// User name and password in the address of a proxy.
    static func secrets(ofProxy url: String) -> [String]? {
        guard let parser = curl_url() else { return nil }
        defer { curl_url_cleanup(parser) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME)
        guard curl_url_set(parser, CURLUPART_URL, url, flags) == CURLUE_OK else { return nil }
        return [CURLUPART_USER, CURLUPART_PASSWORD].compactMap { part($0, of: parser) }
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let flags = part == CURLUPART_PORT ? UInt32(CURLU_DEFAULT_PORT) : 0
        guard curl_url_get(parser, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
