/// What a request asks the server to do (RFC 9110 section 9, RFC 5789 for `PATCH`).
package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case head = "HEAD"

    /// Whether sending it again cannot change anything on the server (RFC 9110 section 9.2.1).
    package var isSafe: Bool { self == .get || self == .head }

    /// Whether sending it twice has the effect of sending it once (RFC 9110 section 9.2.2).
    package var isIdempotent: Bool { self != .post && self != .patch }
}
