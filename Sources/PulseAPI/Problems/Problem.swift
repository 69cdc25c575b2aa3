package import PulseDomain

/// Why a request was not carried out, as RFC 9457 has it.
package struct Problem: Error, WireObject, Hashable {
    package static let mediaType = "application/problem+json"

    /// The HTTP status, 400 to 599.
    package var status: Int
    /// Stable, for programs: `not_found`, or the code of a failure such as `job.unknown`.
    package var code: String
    /// What happened, to what. One sentence, without secrets and control characters.
    package var detail: String
    /// What to do next.
    package var remedy: String
    /// By which logs and audit tell of this request; `nil` until a server adds it.
    package var correlation: CorrelationID?
    /// Of a failure of the engine: its class. `nil` for what the gateway itself refuses.
    package var kind: FailureClass?
    package var endpoint: EndpointID?
    package var retryAt: Instant?

    package init(
        _ status: Int, code: String, _ detail: String, remedy: String, correlation: CorrelationID? = nil,
        kind: FailureClass? = nil, endpoint: EndpointID? = nil, retryAt: Instant? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.correlation = correlation
        self.kind = kind
        self.endpoint = endpoint
        self.retryAt = retryAt
    }

    /// `urn:pulse:problem:CODE`.
    package var type: String { "urn:pulse:problem:\(code)" }

    /// The status in words (RFC 9110 section 15).
    package var title: String {
        switch status {
        case 400: "Bad request"
        case 401: "Unauthorised"
        case 403: "Forbidden"
        case 404: "Not found"
        case 405: "Method not allowed"
        case 406: "Not acceptable"
        case 408: "Request timeout"
        case 409: "Conflict"
        case 413: "Content too large"
        case 415: "Unsupported media type"
        case 422: "Unprocessable content"
        case 429: "Too many requests"
        case 431: "Request header fields too large"
        case 500: "Internal server error"
        case 502: "Bad gateway"
        case 503: "Service unavailable"
        case 504: "Gateway timeout"
        default: status < 500 ? "Request refused" : "Server error"
        }
    }

    package static let about = "Why a request was not carried out (RFC 9457)."
    package static let example = Problem(
        404, code: "job.unknown", "There is no job called jira-main/isues.",
        remedy: "`pulse jobs` lists those there are.", correlation: Example.correlation, kind: .ours)

    package static func map(_ f: inout Fields<Problem>) throws(WireError) -> Problem {
        f.derived("type", { $0.type })
        f.derived("title", { $0.title })
        return Problem(
            try f("status", { $0.status }), code: try f("code", { $0.code }, "Stable, for programs."),
            try f("detail", { $0.detail }, "What happened, to what."),
            remedy: try f("remedy", { $0.remedy }, "What to do next."),
            correlation: try f("correlation", { $0.correlation }, "By which logs and audit tell of this request."),
            kind: try f("kind", { $0.kind }, "The class of the engine's failure; null for what was refused before."),
            endpoint: try f("endpoint", { $0.endpoint }), retryAt: try f("retry_at", { $0.retryAt }))
    }
}

extension Problem {
    /// What ``Operations`` throw.
    package init(_ failure: Failure, correlation: CorrelationID? = nil) {
        self.init(
            Self.status(of: failure), code: failure.code, failure.sentence, remedy: failure.remedy,
            correlation: correlation, kind: failure.kind, endpoint: failure.endpoint, retryAt: failure.retryAt)
    }

    private static func status(of failure: Failure) -> Int {
        switch failure.kind {
        // Commands and reads name things: the name is wrong, not the server.
        case .notFound: 404
        case .ours: failure.code.hasSuffix(".unknown") ? 404 : 500
        case .store, .rateLimited: 503
        // A provider's answer, not one about this request's credentials.
        case .unauthorised, .transient, .contractBroken, .pageTooHeavy, .badRecord: 502
        }
    }

    /// What the caller of ``Operations`` gets: the failure that the engine threw, or one that tells what was refused.
    package var failure: Failure {
        Failure(kind ?? Self.kind(of: status), code: code, detail, remedy: remedy, endpoint: endpoint, retryAt: retryAt)
    }

    private static func kind(of status: Int) -> FailureClass {
        switch status {
        case 401, 403: .unauthorised
        case 404, 410: .notFound
        case 429: .rateLimited
        case 408, 502...504: .transient
        default: .ours
        }
    }

    // MARK: What servers refuse

    package static func badRequest(_ detail: String, remedy: String = "/openapi.json describes every request.")
        -> Problem
    { Problem(400, code: "bad_request", detail, remedy: remedy) }

    /// Well formed, and yet nothing that can be done: what no schema can say (RFC 9110 section 15.5.21).
    package static func unprocessable(_ detail: String, remedy: String = "/openapi.json describes every request.")
        -> Problem
    { Problem(422, code: "unprocessable", detail, remedy: remedy) }

    package static let notFound = Problem(
        404, code: "not_found", "There is nothing at this address.", remedy: "/openapi.json lists all addresses.")

    /// Nothing of this name: `There is no job called x.`
    package static func unknown(_ thing: String, _ name: String) -> Problem {
        Problem(
            404, code: thing.replacing(" ", with: "_") + ".unknown", "There is no \(thing) called \(name.printable).",
            remedy: "The list that holds it tells which there are.")
    }

    package static func methodNotAllowed(_ allowed: [String]) -> Problem {
        Problem(
            405, code: "method_not_allowed", "This address does not take that method.",
            remedy: "It takes \(allowed.joined(separator: ", ")).")
    }

    package static let unauthenticated = Problem(
        401, code: "unauthenticated", "The request has no valid token.",
        remedy: "Log in (`pulse login`), or send a personal token as `Authorization: Bearer …`.")

    package static func forbidden(needs role: Role) -> Problem {
        Problem(
            403, code: "forbidden", "This needs the role \(role.rawValue).",
            remedy: "Ask an administrator for the role, or somebody who has it to do this.")
    }

    /// For a personal token, whose scope may be smaller than its owner's role.
    package static func tokenForbidden(needs role: Role) -> Problem {
        Problem(
            403, code: "forbidden", "This needs the role \(role.rawValue), and this token may less.",
            remedy: "Use a token with a larger scope, or log in, if your own role allows it.")
    }
}

extension String {
    /// Without control characters and of bounded length: fit for a sentence that goes to a terminal or a log.
    package var printable: String {
        let scalars = unicodeScalars.prefix(200).map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? "\u{FFFD}" : String(scalar)
        }
        return scalars.joined()
    }
}
