import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

@Suite struct `What an answer of GitHub means` {
    /// One answer and what becomes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var status = 200
        var headers: HTTPHeaders = [:]
        var body: String
        /// Records asked for.
        var first = 25
        var kind: FailureClass?
        var code: String?
        var retryAfter: Duration?
        var isSecondary = false
        var testDescription: String { what }
    }

    static let left: HTTPHeaders = [
        "Date": "Mon, 21 Sep 2026 13:33:20 GMT", "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4990",
        "X-RateLimit-Used": "10", "X-RateLimit-Reset": "1789998000", "X-RateLimit-Resource": "graphql",
    ]
    static let none: HTTPHeaders = [
        "Date": "Mon, 21 Sep 2026 13:33:20 GMT", "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1789998000",
    ]
    static let html: HTTPHeaders = ["Content-Type": "text/html; charset=utf-8"]

    static func with(_ headers: HTTPHeaders, _ name: String, _ value: String) -> HTTPHeaders {
        var headers = headers
        headers.set(name, value)
        return headers
    }

    static func error(_ type: String, _ message: String, path: String? = nil) -> String {
        let path = path.map { ",\"path\":\($0)" } ?? ""
        return #"{"data":{"repository":null},"errors":[{"type":"\#(type)","message":"\#(message)"\#(path)}]}"#
    }

    static let limited = #"""
        {"errors":[{"type":"RATE_LIMIT","code":"graphql_rate_limit",
        "message":"API rate limit already exceeded for user ID 7."}]}
        """#
    static let wrong = "Something went wrong while executing your query. This may be the result of a timeout."
    static let secondary = "You have exceeded a secondary rate limit. Please wait a few minutes."

    static let cases: [Case] = [
        Case(what: "data", headers: left, body: #"{"data":{"repository":{"id":"R"}}}"#),
        Case(
            what: "an error about one record among good ones", headers: left,
            body: #"""
                {"data":{"repository":{"id":"R"}},"errors":[{"type":"FORBIDDEN","message":"no",
                "path":["repository","pullRequests","edges",3,"node"]}]}
                """#),
        Case(
            what: "points used up", headers: none, body: limited, kind: .rateLimited, code: "github.rate_limited",
            retryAfter: .seconds(400)),
        Case(
            what: "points used up, in the older spelling", headers: none,
            body: error("RATE_LIMITED", "API rate limit exceeded"), kind: .rateLimited, code: "github.rate_limited",
            retryAfter: .seconds(400)),
        Case(
            what: "points used up, without any header", body: limited, kind: .rateLimited, code: "github.rate_limited"),
        Case(
            what: "points used up while thousands are left: the phantom", headers: left, body: limited,
            kind: .rateLimited, code: "github.secondary_limit", isSecondary: true),
        Case(
            what: "points used up, as 403", status: 403, headers: none, body: #"{"message":"API rate limit exceeded"}"#,
            kind: .rateLimited, code: "github.rate_limited", retryAfter: .seconds(400)),
        Case(
            what: "a secondary limit as 200 without retry-after", headers: left, body: error("X", secondary),
            kind: .rateLimited, code: "github.secondary_limit", isSecondary: true),
        Case(
            what: "a secondary limit as 403 with retry-after", status: 403, headers: with(left, "Retry-After", "90"),
            body: #"{"message":"\#(secondary)"}"#, kind: .rateLimited, code: "github.secondary_limit",
            retryAfter: .seconds(90), isSecondary: true),
        Case(
            what: "a secondary limit with an HTTP date", status: 403,
            headers: with(left, "Retry-After", "Mon, 21 Sep 2026 13:35:20 GMT"), body: #"{"message":"\#(secondary)"}"#,
            kind: .rateLimited, code: "github.secondary_limit", retryAfter: .seconds(120), isSecondary: true),
        Case(
            what: "a secondary limit with nothing left waits for the reset", status: 403, headers: none,
            body: #"{"message":"\#(secondary)"}"#, kind: .rateLimited, code: "github.secondary_limit",
            retryAfter: .seconds(400), isSecondary: true),
        Case(
            what: "429", status: 429, body: "{}", kind: .rateLimited, code: "github.secondary_limit",
            isSecondary: true),
        Case(
            what: "resource limits beside partial data", headers: left,
            body: error(
                "RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.",
                path: #"["repository","pullRequests","edges",3,"node","reviews"]"#),
            kind: .pageTooHeavy, code: "github.too_heavy"),
        Case(
            what: "too many nodes", body: error("MAX_NODE_LIMIT_EXCEEDED", "This query requests up to 600,000"),
            kind: .pageTooHeavy, code: "github.too_heavy"),
        Case(
            what: "something went wrong", body: #"{"data":null,"errors":[{"message":"\#(wrong)"}]}"#,
            kind: .pageTooHeavy, code: "github.too_heavy"),
        Case(
            what: "something went wrong, as 502", status: 502, body: #"{"errors":[{"message":"\#(wrong)"}]}"#,
            kind: .pageTooHeavy, code: "github.too_heavy"),
        Case(
            what: "502 with a web page", status: 502, headers: html, body: "<html>Unicorn!</html>", kind: .pageTooHeavy,
            code: "github.too_heavy"),
        Case(
            what: "504", status: 504,
            body: #"{"message":"We couldn't respond to your request in time. Sorry about that."}"#, kind: .pageTooHeavy,
            code: "github.too_heavy"),
        Case(
            what: "502 for the smallest request there is", status: 502, headers: html, body: "<html></html>", first: 1,
            kind: .transient, code: "github.timed_out"),
        Case(what: "500", status: 500, body: "{}", kind: .transient, code: "github.server_error"),
        Case(
            what: "503 with a web page", status: 503, headers: html, body: "<html>", kind: .transient,
            code: "github.server_error"),
        Case(
            what: "SAML",
            body: error(
                "FORBIDDEN", "Resource protected by organization SAML enforcement.", path: #"["repository"]"#),
            kind: .unauthorised, code: "github.saml"),
        Case(
            what: "SAML, as 403", status: 403, headers: ["X-GitHub-SSO": "required; url=https://github.com/orgs/o/sso"],
            body: #"{"message":"no"}"#, kind: .unauthorised, code: "github.saml"),
        Case(
            what: "forbidden", body: error("FORBIDDEN", "Resource not accessible", path: #"["repository"]"#),
            kind: .unauthorised, code: "github.forbidden"),
        Case(
            what: "a missing scope", body: error("INSUFFICIENT_SCOPES", "requires one of: ['repo']"),
            kind: .unauthorised, code: "github.missing_scopes"),
        Case(
            what: "an unknown repository",
            body: error("NOT_FOUND", "Could not resolve to a Repository", path: #"["repository"]"#), kind: .notFound,
            code: "github.not_found"),
        Case(
            what: "a cursor it does not know", body: error("INVALID_CURSOR_ARGUMENTS", "`x` does not appear to be"),
            kind: .contractBroken, code: "github.cursor_refused"),
        Case(
            what: "a query that does not fit the schema",
            body: #"""
                {"errors":[{"message":"Field 'x' doesn't exist on type 'Y'","locations":[{"line":1,"column":2}],
                "path":["query Q","x"],"extensions":{"code":"undefinedField"}}]}
                """#, kind: .contractBroken, code: "github.query_refused"),
        Case(
            what: "a page without bounds", body: error("EXCESSIVE_PAGINATION", "Requesting 200 records"),
            kind: .contractBroken, code: "github.query_refused"),
        Case(
            what: "an error nobody knows", body: error("NEW_TYPE", "?", path: #"["repository"]"#),
            kind: .contractBroken, code: "github.unexpected_answer"),
        Case(
            what: "neither data nor errors", body: #"{"hello":1}"#, kind: .contractBroken,
            code: "github.unexpected_answer"),
        Case(
            what: "null data without an error", body: #"{"data":null}"#, kind: .contractBroken,
            code: "github.unexpected_answer"),
        Case(
            what: "a bad token", status: 401, body: #"{"message":"Bad credentials"}"#, kind: .unauthorised,
            code: "github.bad_credentials"),
        Case(
            what: "403 for no User-Agent", status: 403, headers: html,
            body: "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
            kind: .ours, code: "github.user_agent_missing"),
        Case(
            what: "403 of another kind", status: 403, headers: left, body: #"{"message":"Must have admin rights"}"#,
            kind: .unauthorised, code: "github.forbidden"),
        Case(
            what: "404", status: 404, body: #"{"message":"Not Found"}"#, kind: .ours, code: "github.not_graphql"),
        Case(what: "a redirect", status: 301, headers: html, body: "<html>", kind: .ours, code: "github.not_graphql"),
        Case(
            what: "a sign-on page with 200", headers: html, body: "<!DOCTYPE html><html>", kind: .contractBroken,
            code: "github.web_page"),
        Case(
            what: "an answer cut off within a valid length", body: #"{"data":{"repository":{"id":"R","pul"#,
            kind: .transient, code: "github.truncated"),
        Case(what: "an empty answer", body: "", kind: .transient, code: "github.truncated"),
    ]

    static func request(first: Int) throws -> SourceRequest {
        let fixture = try GitHubFixture()
        let walk = fixture.walk(.releases, pageSize: first)
        return fixture.connector.request(try GitHubStep(GitHubCursor(.list), .releases, walk))
    }

    @Test(arguments: cases) func `is decided once, from status, headers and body`(_ expected: Case) throws {
        let response = HTTPResponse.gitHub(expected.body, status: expected.status, headers: expected.headers)
        let connector = try GitHubFixture().connector
        let verdict = connector.verdict(on: response, to: try Self.request(first: expected.first))
        #expect(verdict.failure?.kind == expected.kind)
        #expect(verdict.failure?.code == expected.code)
        #expect(verdict.observations.count == 1)
        let observed = try #require(verdict.observations.first)
        if expected.kind == .rateLimited {
            #expect(observed.retryAfter == expected.retryAfter)
        }
        #expect(observed.isSecondary == expected.isSecondary)
        #expect(observed.bucket == "graphql")
        for text in [verdict.failure?.sentence, verdict.failure?.remedy].compactMap(\.self) {
            #expect(text.hasSuffix(".") && !text.unicodeScalars.contains { $0.value < 0x20 })
        }
    }

    @Test func `a page that cannot be smaller but lighter is still too heavy`() throws {
        let fixture = try GitHubFixture()
        let walk = fixture.walk(.pullRequests, pageSize: 1)
        func kind(isLight: Bool) throws -> FailureClass? {
            let step = try GitHubStep(GitHubCursor(.forward), .pullRequests, walk, isLight: isLight)
            return fixture.connector.verdict(
                on: .gitHub("<html>", status: 502), to: fixture.connector.request(step)
            ).failure?.kind
        }
        #expect(try kind(isLight: false) == .pageTooHeavy)
        #expect(try kind(isLight: true) == .transient)
    }

    /// Headers and body, and the limits read from them.
    struct Limits: Sendable, CustomTestStringConvertible {
        var what: String
        var headers: HTTPHeaders
        var rateLimit = "null"
        var expected: QuotaObservation
        var testDescription: String { what }
    }

    @Test(arguments: [
        Limits(
            what: "headers and price", headers: left,
            rateLimit: #"{"cost":4,"limit":5000,"remaining":4986,"resetAt":"2026-09-21T13:40:00Z","used":14}"#,
            expected: QuotaObservation(
                bucket: "graphql", limit: 5000, remaining: 4990, cost: 4, resetsIn: .seconds(400), window: .hours(1))),
        Limits(
            what: "no headers: what the body tells", headers: ["Date": "Mon, 21 Sep 2026 13:33:20 GMT"],
            rateLimit: #"{"cost":1,"limit":5000,"remaining":4986,"resetAt":"2026-09-21T13:40:00Z","used":14}"#,
            expected: QuotaObservation(
                bucket: "graphql", limit: 5000, remaining: 4986, cost: 1, resetsIn: .seconds(400), window: .hours(1))),
        Limits(
            what: "a reset behind the server's own clock is now",
            headers: with(left, "X-RateLimit-Reset", "1789997000"),
            expected: QuotaObservation(
                bucket: "graphql", limit: 5000, remaining: 4990, resetsIn: .zero, window: .hours(1))),
        Limits(
            what: "a reset beyond the window ends with it", headers: with(left, "X-RateLimit-Reset", "1790900000"),
            expected: QuotaObservation(
                bucket: "graphql", limit: 5000, remaining: 4990, resetsIn: .hours(1), window: .hours(1))),
        Limits(
            what: "0 of 0 is unknown",
            headers: with(with(left, "X-RateLimit-Limit", "0"), "X-RateLimit-Remaining", "0"),
            expected: QuotaObservation(bucket: "graphql", resetsIn: .seconds(400))),
        Limits(
            what: "a server without limits tells none", headers: [:], expected: QuotaObservation(bucket: "graphql")),
        Limits(
            what: "without Date a reset cannot be measured", headers: ["x-ratelimit-reset": "1789998000"],
            expected: QuotaObservation(bucket: "graphql")),
    ])
    func `limits are read from headers and body, against the server's clock`(_ limits: Limits) throws {
        let body = #"{"data":{"rateLimit":\#(limits.rateLimit),"viewer":{"login":"ada"}}}"#
        let response = HTTPResponse.gitHub(body, headers: limits.headers)
        let verdict = try GitHubFixture().connector.verdict(on: response, to: try Self.request(first: 10))
        #expect(verdict == ResponseVerdict(observations: [limits.expected]))
    }

    @Test func `what GitHub says reaches a sentence without control characters and not at length`() throws {
        let long = String(repeating: "x", count: 5_000)
        let body = Self.error("NOT_FOUND", #"no\u001b[31m \u0000\u202e\n"# + long, path: #"["repository"]"#)
        let verdict = try GitHubFixture().connector.verdict(on: .gitHub(body), to: try Self.request(first: 10))
        let sentence = try #require(verdict.failure?.sentence)
        #expect(sentence.count < 400)
        #expect(!sentence.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
}
