import PulseHTTP

/// Finds the route of a request's method and path.
package struct RouteMatcher: Sendable {
    package enum Match: Sendable {
        case route(Route, [String: String])
        /// There is the path, but not with this method; those that it takes.
        case methodNotAllowed([String])
        case notFound
        /// The path is no text in UTF-8 with whole escapes.
        case malformed
    }

    /// A route, its path taken apart once.
    private struct Pattern: Sendable {
        enum Segment: Sendable {
            case word(String)
            case variable(String)
        }

        let route: Route
        let segments: [Segment]
        let variables: Int

        init(_ route: Route) {
            self.route = route
            segments = route.segments.map { segment in
                segment.first == "{" ? .variable(String(segment.dropFirst().dropLast())) : .word(String(segment))
            }
            variables = segments.count { if case .variable = $0 { true } else { false } }
        }

        /// What the segments of a path are the values of; `nil` when it is another one's.
        func values(in path: [String]) -> [String: String]? {
            for (segment, text) in zip(segments, path) {
                if case .word(let word) = segment, word != text { return nil }
            }
            var values: [String: String] = [:]
            for (segment, text) in zip(segments, path) {
                guard case .variable(let name) = segment else { continue }
                if text.isEmpty { return nil }
                values[name] = text
            }
            return values
        }

        /// Whether those can be the values of its path.
        func takes(_ values: [String: String]) -> Bool {
            route.parameters.allSatisfy { parameter in
                parameter.place != .path || values[parameter.name].map { parameter.problem(of: $0) == nil } ?? true
            }
        }
    }

    /// By the number of segments; those with fewer variables come first.
    private let patterns: [Int: [Pattern]]

    package init(_ routes: [Route] = RouteTable.all) {
        patterns = Dictionary(grouping: routes.map(Pattern.init)) { $0.segments.count }.mapValues { group in
            group.sorted { $0.variables < $1.variables }
        }
    }

    /// - Parameters:
    ///   - method: `HEAD` is answered where `GET` is (RFC 9110 section 9.1).
    ///   - path: As it was sent, without its query.
    package func match(_ method: String, _ path: Substring) -> Match {
        guard path.first == "/" else { return .malformed }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var decoded: [String] = []
        for segment in segments {
            // Divided first: an escaped slash is part of its segment.
            guard let text = PercentDecoding.decoded(segment) else { return .malformed }
            decoded.append(text)
        }
        let candidates = (patterns[segments.count] ?? []).compactMap { pattern in
            pattern.values(in: decoded).map { (pattern, $0) }
        }
        // `quarantine/replay` is not the record `replay`.
        guard let fewest = candidates.map(\.0.variables).min() else { return .notFound }
        let fitting = candidates.filter { $0.0.variables == fewest || $0.0.takes($0.1) }
        let nearest = fitting.filter { $0.0.variables == fewest }
        let wanted = method == "HEAD" ? "GET" : method
        if let (pattern, values) = nearest.first(where: { $0.0.route.method.rawValue == wanted }) {
            return .route(pattern.route, values)
        }
        if let (pattern, values) = fitting.first(where: { $0.0.route.method.rawValue == wanted }) {
            return .route(pattern.route, values)
        }
        let methods = fitting.map(\.0.route.method.rawValue)
        return .methodNotAllowed((methods + (methods.contains("GET") ? ["HEAD"] : [])).sorted())
    }
}

/// Escapes in addresses (RFC 3986 section 2.1), strictly.
package enum PercentDecoding {
    /// `nil` when an escape is not whole or the text is not UTF-8.
    package static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || plusIsSpace && $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
