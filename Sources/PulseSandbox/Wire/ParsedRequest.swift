import PulseHTTP

/// A request taken apart.
struct ParsedRequest: Sendable {
    let method: HTTPMethod
    /// In lower case, without port.
    let host: String
    let path: String
    /// Percent-decoded.
    let segments: [String]
    let query: [(name: String, value: String)]
    let headers: HTTPHeaders
    let body: [UInt8]

    /// `nil` when the URL is not absolute.
    init?(_ request: HTTPRequest) {
        guard let scheme = request.url.firstRange(of: "://") else { return nil }
        let rest = request.url[scheme.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        host =
            authority.split(separator: "@").last.map { $0.split(separator: ":").first.map(String.init) ?? "" }?
            .lowercased() ?? ""
        let target = rest.dropFirst(authority.count)
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? "/"
        segments = path.split(separator: "/").map { Self.decoded($0, plusIsSpace: false) }
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                Self.decoded(sides[0], plusIsSpace: true),
                sides.count > 1 ? Self.decoded(sides[1], plusIsSpace: true) : ""
            )
        }
        method = request.method
        headers = request.headers
        body = request.body ?? []
    }

    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    func values(_ name: String) -> [String] {
        query.filter { $0.name == name }.flatMap { $0.value.split(separator: ",").map(String.init) }
    }

    func number(_ name: String) -> Int? { value(name).flatMap { Int($0) } }

    /// Query and body, for recognising what a request is about.
    var content: String {
        query.map { "\($0.name)=\($0.value)" }.joined(separator: "&") + " " + String(decoding: body, as: UTF8.self)
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(Substring(rest.prefix(2))), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
