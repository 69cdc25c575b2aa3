import PulseDomain

/// Where a gateway is, as it was typed, made safe to send a password to.
package struct GatewayAddress: Sendable, Hashable, CustomStringConvertible {
    /// `https://pulse.example.com:5000/team`: lower-case host, without a slash at its end, user and query.
    package let url: String
    /// The host alone: `pulse.example.com`, `[::1]`.
    package let host: String

    /// Takes `https://host[:port][/path]`, and `host[:port]` for the same with TLS. Throws `Failure` for anything else, and
    /// for an address without TLS that is not this machine: passwords and tokens would cross the network readable.
    package init(_ text: String) throws {
        let words = text.firstRange(of: "://")
        let scheme = words.map { text[..<$0.lowerBound].lowercased() } ?? "https"
        var rest = words.map { text[$0.upperBound...] } ?? text[...]
        while rest.last == "/" { rest = rest.dropLast() }
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        guard scheme == "https" || scheme == "http", let (host, port) = Self.parts(authority),
            path.utf8.allSatisfy({ Self.isPlain($0) || $0 == UInt8(ascii: "/") })
        else {
            throw Failure(
                .ours, code: "config.gateway", "That is not the address of a gateway.",
                remedy: "Expected is https://HOST, https://HOST:PORT, or one of them with a path.")
        }
        let isHere = host == "localhost" || host == "[::1]" || Self.isLoopback(host)
        guard scheme == "https" || isHere else {
            throw Failure(
                .ours, code: "config.gateway_without_tls",
                "Without TLS passwords and tokens would cross the network readable, so http://\(host) is not asked.",
                remedy: "Give the gateway a certificate (`pulse-server help gateway`) and use https://\(host).")
        }
        self.host = host
        url = "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")\(path)"
    }

    package var description: String { url }

    private static func parts(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Int?
        let end = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[end...].lastIndex(of: ":") {
            host = authority[..<colon]
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                return nil
            }
            port = number
        }
        let isLiteral = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        let name = isLiteral ? host.dropFirst().dropLast() : host
        let isRight = name.utf8.allSatisfy { byte in
            isLiteral ? isHex(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") : isPlain(byte)
        }
        guard !name.isEmpty, isRight else { return nil }
        return (host.lowercased(), port)
    }

    /// An IPv4 address of this machine (RFC 1122 section 3.2.1.3).
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// A letter, a digit, or one of `-._~` (RFC 3986 section 2.3).
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
