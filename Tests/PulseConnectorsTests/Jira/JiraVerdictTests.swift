import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

@Suite struct JiraVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var status = 200
        var headers: [(String, String)] = []
        var body = "{}"
        var request = "search"
        /// `nil`: the answer is good.
        var kind: FailureClass?
        var code: String?
        /// A part of the sentence.
        var says = ""
        var testDescription: String { name }
    }

    private static let requests = JiraRequests(base: "https://example.atlassian.net", dialect: .cloud)

    private static func request(_ name: String) -> SourceRequest {
        switch name {
        case "search": requests.search(jql: JQL.all(project: "PAY"), token: nil, size: 100, idsOnly: false)
        case "search with token": requests.search(jql: "x", token: "t", size: 100, idsOnly: false)
        case "census": requests.search(jql: "x", token: nil, size: 100, idsOnly: true)
        case "comments": requests.comments(issue: "10001", start: 0, size: 100)
        case "bulkfetch": requests.changelogs(issues: ["1", "2"], token: nil, size: 100)
        case "sprints": requests.sprints(board: 84, start: 0)
        default: requests.serverInfo()
        }
    }

    private static let html = "<!DOCTYPE html><html><head><title>Log in - Jira</title></head></html>"

    static let cases: [Case] = [
        Case(name: "a page of issues", body: #"{"issues":[]}"#),
        Case(name: "a list with a line break behind it", body: "[]\n"),
        Case(name: "a login page with 200", body: html, kind: .unauthorised, code: "jira.unauthorised", says: "login"),
        Case(
            name: "a login page that calls itself JSON", headers: [("Content-Type", "text/html;charset=UTF-8")],
            body: "Please sign in", kind: .unauthorised, code: "jira.unauthorised"),
        Case(
            name: "a page of a proxy", body: "<html>Bitte warten</html>", kind: .contractBroken, code: "jira.html"),
        Case(name: "a cut body", body: #"{"issues":[{"id":"1""#, kind: .transient, code: "jira.body.cut"),
        Case(
            name: "a cut body that is too deep as well", body: String(repeating: #"{"a":["#, count: 600) + "1",
            kind: .contractBroken, code: "jira.json.too-deep",
            says: "search: The JSON document is nested deeper than 1024"),
        Case(
            name: "plain words that call themselves JSON", headers: [("Content-Type", "application/json")],
            body: "upstream connect error\n", kind: .transient, code: "jira.body.not_json",
            says: "not JSON and begins with “upstream connect error"),
        Case(name: "an empty body", body: " \n", kind: .transient, code: "jira.body.empty"),
        Case(
            name: "data that an anonymous visitor sees", headers: [("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")],
            body: #"{"issues":[]}"#, kind: .unauthorised, code: "jira.unauthorised"),
        Case(
            name: "a CAPTCHA", status: 403,
            headers: [("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=x")],
            kind: .unauthorised, code: "jira.captcha"),
        Case(
            name: "a captcha told by Data Center", status: 401,
            headers: [("X-Seraph-LoginReason", "AUTHENTICATION_DENIED")], kind: .unauthorised, code: "jira.captcha"),
        Case(
            name: "a redirect to the login", status: 302, headers: [("Location", "https://id.atlassian.com/login?x")],
            body: "", kind: .unauthorised, code: "jira.unauthorised"),
        Case(
            name: "a site that moved", status: 301, headers: [("Location", "https://new.example.com/")], body: "",
            kind: .contractBroken, code: "jira.moved"),
        Case(
            name: "an unbounded query", status: 400,
            body:
                #"{"errorMessages":["Unbounded JQL queries are not allowed here. Please add a search restriction to your query."],"errors":{}}"#,
            kind: .contractBroken, code: "jira.jql.refused", says: "Unbounded JQL"),
        Case(
            name: "a project that is gone", status: 400,
            body: #"{"errorMessages":["The value 'PAY' does not exist for the field 'project'."]}"#, kind: .notFound,
            code: "jira.project.gone", says: "The value 'PAY'"),
        Case(
            name: "a stale token", status: 400, body: #"{"errorMessages":["Invalid request payload"]}"#,
            request: "search with token", kind: .contractBroken, code: JiraVerdict.tokenRejected),
        Case(
            name: "a project that is gone, found with a token", status: 400,
            body: #"{"errorMessages":["The value 'PAY' does not exist for the field 'project'."]}"#,
            request: "search with token", kind: .notFound, code: "jira.project.gone"),
        Case(
            name: "a board without sprints", status: 400,
            body: #"{"errorMessages":["The board does not support sprints"]}"#,
            request: "sprints", kind: .notFound, code: "jira.board.no_sprints"),
        Case(
            name: "another refusal", status: 400, body: #"{"errors":{"maxResults":"must be positive"}}"#,
            request: "comments", kind: .contractBroken, code: "jira.request.refused", says: "must be positive"),
        Case(name: "a wrong token", status: 401, body: html, kind: .unauthorised, code: "jira.unauthorised"),
        Case(
            name: "a missing permission", status: 403, body: #"{"message":"No\u001b[2J rights\r\nhere"}"#,
            kind: .unauthorised, code: JiraVerdict.forbidden, says: "No [2J rights here"),
        Case(
            name: "a 403 that is a limit", status: 403, headers: [("Retry-After", "5")], kind: .rateLimited,
            code: "jira.rate_limited"),
        Case(
            name: "an issue that is gone", status: 404, body: #"{"errorMessages":["Issue does not exist"]}"#,
            request: "comments", kind: .notFound, code: "jira.issue.gone"),
        Case(
            name: "a wrong address", status: 404, body: html, request: "server", kind: .notFound, code: "jira.not_found"
        ),
        Case(
            name: "a removed API", status: 410,
            body:
                #"{"errorMessages":["The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. See https://developer.atlassian.com/changelog/#CHANGE-2046"]}"#,
            kind: .contractBroken, code: "jira.api.removed", says: "CHANGE-2046"),
        Case(name: "a limit", status: 429, body: "", kind: .rateLimited, code: "jira.rate_limited"),
        Case(
            name: "a limit with its reason", status: 429, headers: [("RateLimit-Reason", "jira-burst-based")],
            kind: .rateLimited, says: "jira-burst-based"),
        Case(
            name: "a 503 that asks to wait", status: 503, headers: [("Retry-After", "30")], kind: .rateLimited),
        Case(name: "a 503", status: 503, body: html, kind: .transient, code: "jira.server.503"),
        Case(name: "a 500", status: 500, kind: .transient, code: "jira.server.500"),
        Case(name: "a gateway time-out of a search", status: 504, body: html, kind: .pageTooHeavy),
        Case(
            name: "a bad gateway of many changelogs", status: 502, body: html, request: "bulkfetch", kind: .pageTooHeavy
        ),
        Case(name: "a time-out of Cloudflare", status: 524, body: "", request: "census", kind: .pageTooHeavy),
        Case(name: "a gateway time-out of a small request", status: 504, request: "server", kind: .transient),
        Case(name: "something too large", status: 413, kind: .pageTooHeavy),
        Case(name: "a method that is not allowed", status: 405, kind: .contractBroken, code: "jira.request.refused"),
    ]

    @Test(arguments: cases)
    func `answers mean what they mean`(_ example: Case) throws {
        let connector = try JiraSample.connector()
        let response = HTTPResponse.json(example.body, status: example.status, headers: example.headers)
        let failure = connector.verdict(on: response, to: Self.request(example.request)).failure
        #expect(failure?.kind == example.kind)
        if let code = example.code { #expect(failure?.code == code) }
        guard let failure else { return }
        #expect(failure.sentence.contains(example.says), "\(failure.sentence)")
        #expect(failure.sentence.hasSuffix(".") && failure.remedy.hasSuffix("."))
        #expect(failure.sentence.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(failure.endpoint != nil)
    }

    @Test func `no answer brings a secret into a sentence`() throws {
        let connector = try JiraSample.connector()
        for status in [200, 301, 400, 401, 403, 404, 410, 413, 429, 500, 503] {
            var http = HTTPRequest(url: "https://me:hunter2@example.atlassian.net/rest/api/3/status")
            http.headers.set("Authorization", "Basic hunter2")
            let request = SourceRequest(http, endpoint: "catalogue", bucket: "burst")
            let failure = connector.verdict(on: .json("<html>", status: status), to: request).failure
            #expect(failure?.description.contains("hunter2") == false)
        }
    }

    // MARK: Limits

    struct Limit: Sendable, CustomTestStringConvertible {
        var name: String
        var status = 200
        var headers: [(String, String)]
        var expected: [QuotaObservation]
        var testDescription: String { name }
    }

    private static let date = ("Date", "Sun, 22 Nov 2026 12:00:30 GMT")

    static let limits: [Limit] = [
        Limit(name: "nothing is told", headers: [date], expected: []),
        Limit(
            name: "what is left", headers: [date, ("X-RateLimit-Limit", "350"), ("X-RateLimit-Remaining", "349")],
            expected: [QuotaObservation(bucket: "burst", limit: 350, remaining: 349)]),
        Limit(
            name: "0 of 0 is unknown", headers: [date, ("X-RateLimit-Limit", "0"), ("X-RateLimit-Remaining", "0")],
            expected: []),
        Limit(
            name: "near the limit", headers: [date, ("X-RateLimit-Limit", "350"), ("X-RateLimit-NearLimit", "true")],
            expected: [QuotaObservation(bucket: "burst", limit: 350, remaining: 70)]),
        Limit(
            name: "seconds", status: 429,
            headers: [date, ("Retry-After", "7"), ("RateLimit-Reason", "jira-burst-based")],
            expected: [QuotaObservation(bucket: "burst", retryAfter: .seconds(7))]),
        Limit(
            name: "a date, whatever our clock says", status: 429,
            headers: [date, ("Retry-After", "Sun, 22 Nov 2026 12:01:00 GMT")],
            expected: [QuotaObservation(bucket: "burst", retryAfter: .seconds(30))]),
        Limit(
            name: "a date that is past", status: 429,
            headers: [date, ("Retry-After", "Sun, 22 Nov 2026 11:00:00 GMT")],
            expected: [QuotaObservation(bucket: "burst", retryAfter: .seconds(1))]),
        Limit(name: "a limit without a word", status: 429, headers: [date], expected: []),
        Limit(
            name: "a reset in ISO 8601 to the minute", status: 429,
            headers: [
                date, ("X-RateLimit-Reset", "2026-11-22T12:05Z"), ("X-RateLimit-Limit", "100"),
                ("X-RateLimit-Remaining", "0"),
            ],
            expected: [
                QuotaObservation(
                    bucket: "burst", limit: 100, remaining: 0, resetsIn: .seconds(270), retryAfter: .seconds(330))
            ]),
        Limit(
            name: "a reset in the minute that runs", status: 429,
            headers: [date, ("X-RateLimit-Reset", "2026-11-22T12:00Z")],
            expected: [QuotaObservation(bucket: "burst", resetsIn: .zero, retryAfter: .seconds(60))]),
        Limit(
            name: "the points of an app are used up", status: 429,
            headers: [
                date, ("Retry-After", "1847"), ("RateLimit-Reason", "jira-quota-tenant-based"),
                ("X-RateLimit-Limit", "100000"), ("X-RateLimit-Remaining", "0"),
                ("X-RateLimit-Reset", "2026-11-22T23:00Z"),
            ],
            expected: [
                QuotaObservation(
                    bucket: "points", limit: 100_000, remaining: 0, resetsIn: .hours(1), window: .hours(1),
                    retryAfter: .seconds(1_847))
            ]),
        Limit(
            name: "the points of an app beside the burst",
            headers: [
                date, ("X-RateLimit-Limit", "350"), ("X-RateLimit-Remaining", "340"),
                ("Beta-RateLimit-Policy", #""tenant-app-quota";q=65000;w=3600"#),
                ("Beta-RateLimit", #""tenant-app-quota";r=64000;t=99999"#),
            ],
            expected: [
                QuotaObservation(bucket: "burst", limit: 350, remaining: 340),
                QuotaObservation(
                    bucket: "points", limit: 65_000, remaining: 64_000, resetsIn: .hours(1), window: .hours(1)),
            ]),
        Limit(
            name: "Data Center's bucket, with tokens left",
            headers: [
                date, ("X-RateLimit-Limit", "10"), ("X-RateLimit-Remaining", "9"),
                ("X-RateLimit-Interval-Seconds", "60"),
                ("X-RateLimit-FillRate", "5"), ("retry-after", "0"),
            ],
            expected: [
                QuotaObservation(
                    bucket: "burst", limit: 10, remaining: 9, resetsIn: .seconds(60), window: .seconds(60))
            ]),
        Limit(
            name: "a permission that lacks is no limit", status: 403,
            headers: [
                date, ("X-RateLimit-Limit", "350"), ("X-RateLimit-Remaining", "340"),
                ("X-RateLimit-Reset", "2026-11-22T12:05Z"),
            ],
            expected: [QuotaObservation(bucket: "burst", limit: 350, remaining: 340, resetsIn: .seconds(270))]),
    ]

    @Test(arguments: limits)
    func `limits are told as the headers mean them`(_ example: Limit) throws {
        let response = HTTPResponse.json("{}", status: example.status, headers: example.headers)
        let verdict = try JiraSample.connector().verdict(on: response, to: Self.request("search"))
        #expect(verdict.observations == example.expected)
    }
}
