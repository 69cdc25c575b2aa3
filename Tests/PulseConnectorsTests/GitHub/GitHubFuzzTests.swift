import PulseDomain
import PulseFuzzing
import PulseTestTurns
import Testing

@testable import PulseConnectors

/// What GitHub, or whatever stands before it, might answer.
@Suite(.long) struct GitHubFuzzTests {
    @Test func `any page of GitHub is rows, rejected records or a failure, and every record is accounted for`() throws {
        let fixture = try GitHubFixture()
        let walk = fixture.walk(.pullRequests)
        let cursor = try GitHubCursor(.forward).encoded()
        try Fuzz.run([GoldenPage.bytes("pull-requests.json")], times: Fuzz.count / 4) { bytes in
            let page = RawPage(
                partition: walk.partition, cursor: cursor, request: "POST /graphql X", body: bytes,
                fetchedAt: walk.startedAt, correlation: "c")
            do {
                let content = try fixture.connector.content(of: page, walk: walk)
                #expect(content.isAccountedFor)
            } catch let failure as Failure {
                #expect(failure.kind != .ours, "\(failure)")
            }
        }
    }
}
