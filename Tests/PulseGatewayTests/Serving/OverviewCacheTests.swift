import HTTPTypes
import PulseAPI
import PulseDomain
import PulseSimulation
import Synchronization
import Testing

@testable import PulseGateway

@Suite struct OverviewCacheTests {
    /// What may happen between two reads.
    enum Happening: String, CaseIterable, Sendable {
        case nothing, event, time, command, preview
        var isReadAnew: Bool { self != .nothing && self != .preview }
    }

    @Test(arguments: Happening.allCases)
    func `an overview is made again when something may have changed it, and only then`(happening: Happening)
        async throws
    {
        let harness = try await Harness()
        let token = try await harness.token("operator")
        func quarantined() async throws -> Int {
            let answer = try await harness.ask(.get, "/api/v1/overview", token: token)
            return try answer.decoded(Overview.self).jobs[0].quarantined
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
}
