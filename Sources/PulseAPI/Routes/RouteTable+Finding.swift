import PulseHTTP

/// Where an address leads.
package enum RouteMatch: Sendable {
    /// The route, and the decoded segments of the address by name.
    case route(Route, path: [String: String])
    /// There is something at the address, for other methods.
    case otherMethods([String])
    case nothing
}

extension RouteTable {
    /// Finds the route of a method and a path as it came over the wire, without its query. `HEAD` is `GET`.
    package static func find(_ method: String, _ path: String) -> RouteMatch {
        let method = method == "HEAD" ? "GET" : method
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard path.first == "/" else { return .nothing }
        let candidates = all.compactMap { route in match(route, segments).map { (route, $0) } }
        // Where a word and a name both fit, the word is meant.
        if let (route, path) = candidates.filter({ $0.0.method.rawValue == method }).min(by: { $0.1.count < $1.1.count }
        ) {
            return .route(route, path: path)
        }
        let methods = Set(candidates.map { $0.0.method.rawValue }).sorted()
        return methods.isEmpty ? .nothing : .otherMethods(methods)
    }

    private static func match(_ route: Route, _ segments: [Substring]) -> [String: String]? {
        let pattern = route.segments
        guard pattern.count == segments.count else { return nil }
        var names: [String: String] = [:]
        for (expected, segment) in zip(pattern, segments) {
            if expected.first == "{" {
                guard let text = decoded(segment), !text.isEmpty else { return nil }
                names[String(expected.dropFirst().dropLast())] = text
            } else if expected != segment {
                return nil
            }
        }
        return names
    }

    /// A segment without its percent-encoding (RFC 3986 section 2.1); `nil` when it is malformed or no UTF-8.
    static func decoded(_ segment: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = segment.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
