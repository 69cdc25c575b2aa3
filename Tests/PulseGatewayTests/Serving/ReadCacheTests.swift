import HTTPTypes
import HummingbirdTesting
import NIOCore
import PulseAPI
import PulseDomain
import PulseSimulation
import Synchronization
import Testing

@testable import PulseGateway

@Suite struct ReadCacheTests {
    /// What may happen between two reads.
    enum Happening: String, CaseIterable, Sendable {
        case nothing, event, time, command, preview
        var isReadAnew: Bool { self != .nothing && self != .preview }
    }

    /// How many of the first job are in quarantine, by each of the ways to read it.
    private static let ways: [(path: String, read: @Sendable (TestResponse) throws -> Int)] = [
        ("/api/v1/overview", { try $0.decoded(Overview.self).jobs[0].quarantined }),
        ("/api/v1/jobs?limit=2", { try $0.decoded(ItemPage<JobStatus>.self).items[0].quarantined }),
        ("/api/v1/jobs/JOB", { try $0.decoded(JobDetail.self).status.quarantined }),
    ]

    @Test(arguments: Happening.allCases, ways.indices)
    func `what is of the moment is read again when something may have changed it, and only then`(
        happening: Happening, way: Int
    ) async throws {
        let harness = try await Harness()
        let token = try await harness.token("operator")
        let first = try #require(harness.operations.present.withLock { $0.jobs.first?.id })
        let path = Self.ways[way].path.replacing("JOB", with: "\(first)")
        func quarantined() async throws -> Int {
            try Self.ways[way].read(try await harness.ask(.get, path, token: token))
        }
        let before = try await quarantined()
        harness.operations.present.withLock { $0.jobs[0].quarantined += 1 }
        switch happening {
        case .nothing: break
        case .event: harness.endpoints.engines["acme"]?.hub.publish("job", Array("{}".utf8))
        case .time: harness.time.advance(by: .milliseconds(100))
        case .command:
            let job = try #require(harness.operations.present.withLock { $0.jobs.first?.id })
            _ = try await harness.ask(.post, "/api/v1/jobs/\(job)/pause", token: token, body: "{\"reason\":\"r\"}")
        case .preview:
            let job = try #require(harness.operations.present.withLock { $0.jobs.first?.id })
            _ = try await harness.ask(.post, "/api/v1/jobs/\(job)/pause?dry_run=true", token: token)
        }
        #expect(try await quarantined() == before + (happening.isReadAnew ? 1 : 0))
    }

    @Test func `an address that was answered before is answered to nobody else who may not ask`() async throws {
        let harness = try await Harness()
        let viewer = try await harness.token("viewer")
        for _ in 0..<2 {
            #expect(try await harness.ask(.get, "/api/v1/overview", token: viewer).status == .ok)
            #expect(try await harness.ask(.get, "/api/v1/overview").status == .unauthorized)
            #expect(try await harness.ask(.get, "/api/v1/overview", token: viewer + "x").status == .unauthorized)
            // Of administrators; refused each time, however well the address is known.
            #expect(try await harness.ask(.get, "/api/v1/users", token: viewer).status == .forbidden)
            #expect(
                try await harness.ask(.get, "/api/v1/users", token: try await harness.token("admin")).status == .ok)
        }
    }

    @Test func `an answer for several is compressed for those who take it, and whole for the others`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        harness.operations.present.withLock { overview in
            overview.alerts = (0..<20).map {
                Alert(
                    id: "data_stale:\($0)", kind: .dataStale, severity: .notice, sentence: "Old.", because: "So.",
                    since: .epoch)
            }
        }
        for encoding in ["gzip", "identity", "gzip"] {
            let answer = try await harness.ask(
                .get, "/api/v1/overview", token: token, headers: [.acceptEncoding: encoding])
            #expect(answer.headers[.contentEncoding] == (encoding == "gzip" ? "gzip" : nil))
            #expect(answer.headers[.contentLength] == "\(answer.body.readableBytes)")
            if encoding == "identity" { #expect(try answer.decoded(Overview.self).alerts.count == 20) }
        }
    }
}
