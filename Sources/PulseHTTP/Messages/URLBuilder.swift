/// Puts an absolute URL together from a base address, path segments and query values, encoding each of them.
///
/// The base is taken as it is; a query it has is kept and added to. A base's fragment is dropped, as it is never sent.
package struct URLBuilder: Sendable, Hashable {
    private var path: String
    private var query: String
    /// Whether the last thing in `path` is a slash that the next segment may follow directly.
    private var endsWithSlash: Bool { path.utf8.last == UInt8(ascii: "/") }

    /// Begins with an absolute address such as `https://api.example.com/rest/3`.
    package init(base: String) {
        let withoutFragment = base.prefix { $0 != "#" }
        let parts = withoutFragment.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        query = parts.count > 1 ? String(parts[1]) : ""
    }

    /// Adds path segments; a slash inside one is encoded, so it stays one segment. The segments `.` and `..`, which
    /// clients and servers resolve even when encoded, cannot be segments and are a mistake of ours.
    package mutating func appendPath(_ segments: String...) {
        for segment in segments {
            precondition(segment != "." && segment != "..", "a path segment must not be a dot segment")
            if !endsWithSlash { path += "/" }
            path += percentEncode(segment)
        }
    }

    /// Adds `name=value`, both encoded; `nil` adds nothing.
    package mutating func appendQuery(_ name: String, _ value: String?) {
        guard let value else { return }
        if !query.isEmpty { query += "&" }
        query += percentEncode(name) + "=" + percentEncode(value)
    }

    /// Adds `name=value` for a number; `nil` adds nothing.
    package mutating func appendQuery(_ name: String, _ value: Int?) {
        appendQuery(name, value.map { String($0) })
    }

    /// The URL as it is so far.
    package var url: String { query.isEmpty ? path : path + "?" + query }
}
