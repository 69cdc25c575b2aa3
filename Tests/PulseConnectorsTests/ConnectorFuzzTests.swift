import PulseDomain
import PulseFuzzing
import PulseHTTP
import PulseTestTurns
import Testing

@testable import PulseConnectors

/// What a provider, or whatever stands before it, might answer.
@Suite(.long) struct ConnectorFuzzTests {
    @Test func `any page of Jira is rows, rejected records or a failure, and every record is accounted for`() throws {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk()
        let cursor = try connector.firstCursor(of: walk)
        let pages = [try JiraSample.fixture("cloud-search.json"), try JiraSample.fixture("datacenter-search.json")]
        try Fuzz.run(pages, times: Fuzz.count / 4) { bytes in
            do {
                let content = try connector.content(of: JiraSample.page(bytes, at: cursor, of: walk), walk: walk)
                #expect(content.isBalanced)
            } catch let failure as Failure {
                #expect(failure.kind != .ours, "\(failure)")
            }
        }
    }

    @Test func `whatever headers say of limits, waits end within a day`() {
        let date = "Tue, 10 Mar 2026 08:00:00 GMT"
        let names = [
            "Date", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
            "X-RateLimit-NearLimit", "X-RateLimit-Delay", "RateLimit-Reason",
        ]
        let seeds = [
            date, "120", "0.5", "1773129600", "2026-03-10T08:15Z", "Tue, 10 Mar 2026 09:00:00 GMT", "true",
            "9223372036854775807", "-9223372036854",
        ]
        Fuzz.run(seeds) { bytes in
            let value = String(decoding: bytes, as: UTF8.self)
            for name in names {
                var headers = HTTPHeaders()
                headers.set("Date", date)
                headers.set(name, value)
                let waits = [
                    LimitHeaders.retryAfter(headers), LimitHeaders.untilEpochSeconds(headers, name),
                    LimitHeaders.untilISO8601(headers, name),
                ]
                #expect(waits.compactMap(\.self).allSatisfy { $0 >= .zero && $0 <= .days(1) }, "\(name): \(value)")
                let believed = LimitHeaders.believable(
                    limit: LimitHeaders.integer(headers, name), remaining: LimitHeaders.integer(headers, name))
                #expect((believed.limit ?? 1) > 0 && (believed.remaining ?? 0) >= 0)
            }
        }
    }

    @Test func `an answer of any status and body is judged`() throws {
        let (jira, github) = (try JiraSample.connector(), try GitHubFixture().connector)
        let seeds = [
            #"{"errorMessages":["The value 'X' does not exist for the field 'project'."],"errors":{}}"#,
            #"{"message":"API rate limit exceeded","documentation_url":"https://docs.github.com"}"#,
            #"{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#,
            #"{"data":{"rateLimit":{"limit":5000,"remaining":0,"cost":1,"resetAt":"2026-03-10T08:00:00Z"}}}"#,
            "<html><body>502 Bad Gateway</body></html>", "",
        ]
        let request = SourceRequest(
            HTTPRequest(method: .post, url: "https://example.atlassian.net/rest/api/3/search/jql"),
            endpoint: "search", bucket: "core")
        Fuzz.run(seeds) { bytes in
            for status in [200, 400, 401, 403, 404, 410, 429, 500, 502, 599] {
                let response = HTTPResponse(
                    status: status, headers: ["Content-Type": "application/json"], body: bytes,
                    url: "https://example.atlassian.net/")
                for verdict in [jira.verdict(on: response, to: request), github.verdict(on: response, to: request)] {
                    guard let failure = verdict.failure else { continue }
                    #expect(!failure.description.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
                }
            }
        }
    }
}
