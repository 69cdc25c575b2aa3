import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSimulation
import Testing

@testable import PulseCommands

/// What `pulse sources check` does with a source that asks to wait.
@Suite struct SourceCheckTests {
    /// Answers every request as Jira does when a limit is used up for a while, until it ends.
    private struct Limited: HTTPTransport {
        let time: any TimeSource
        let end: Instant
        let retryAfter: Duration

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            guard time.now < end else {
                return HTTPResponse(
                    status: 401, headers: ["Content-Type": "application/json"], body: Array("{}".utf8), url: request.url
                )
            }
            let seconds = Int(retryAfter.inSeconds)
            return HTTPResponse(
                status: 429, headers: ["Retry-After": "\(seconds)", "Content-Type": "application/json"],
                body: Array("{}".utf8), url: request.url)
        }
    }

    private static func check(retryAfter: Duration) async throws -> (finding: SourceCheck.Finding, took: Duration) {
        let clock = SimulationExecutor(startingAt: Instant(seconds: 1_772_000_000))
        return try await clock.run {
            let check = SourceCheck(Captured().context(home: "/nowhere"), isJSON: false)
            let source = SourceConfiguration(name: "tracker", kind: .jira, url: "https://example.atlassian.net")
            let finding = try await check.check(
                source, tenant: "acme",
                Limited(time: clock, end: clock.now + retryAfter, retryAfter: retryAfter), time: clock)
            return (finding, clock.elapsed)
        }
    }

    @Test(arguments: [1, 2, 12]) func `a limit of hours is told within seconds, with its end`(hours: Int) async throws {
        let (finding, took) = try await Self.check(retryAfter: .hours(hours))
        #expect(took < .seconds(10))
        #expect(finding.problems.count == 1 && finding.quotas.count == 1)
        let problem = try #require(finding.problems.first)
        #expect(problem.hasPrefix("The limit ") && problem.contains(" is used up until 2026-02-25T"))
        #expect(SourceCheck.text(finding).contains("  problem: The limit "))
    }

    @Test func `a limit of seconds is waited for, and what comes then is told`() async throws {
        let (finding, took) = try await Self.check(retryAfter: .seconds(3))
        #expect(took >= .seconds(3) && took < .seconds(60))
        #expect(finding.problems.count == 1)
        #expect(finding.problems.first?.contains("refused the user name or the token") == true)
    }
}
