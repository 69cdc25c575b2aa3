import PulseDomain
import Synchronization
import Testing

@testable import PulseStore

/// What engines of several processes need of their store.
@Suite struct PostgresSharingTests {
    @Test func `changes have numbers without gaps, and none is missed while several write`() async throws {
        let fixture = try await PostgresFixture()
        let stores = [try await fixture.openPostgres(), try await fixture.openPostgres()]
        let jobs = (0..<8).map { JobID("jira/stream\($0)") }
        try await stores[0].saveJobs(jobs.map { JobDefinition(id: $0, title: "") })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, job) in jobs.enumerated() {
                let store = stores[index % 2]
                group.addTask {
                    for round in 0..<10 {
                        let hold = Hold(by: Principal("ada"), reason: "\(round)", since: .epoch)
                        try await store.setHold(round % 2 == 0 ? hold : nil, of: job)
                    }
                }
            }
            var (seen, told) = (Int64(0), Set<JobID>())
            while seen < 80 {
                let changes = try await stores[0].changes(after: seen)
                // Between two looks no more jobs can have changed than numbers were given.
                #expect(changes.jobs.count <= changes.last - seen)
                seen = changes.last
                told.formUnion(changes.jobs)
            }
            #expect(seen == 80)
            #expect(told == Set(jobs))
            try await group.waitForAll()
        }
        #expect(try await stores[1].changes(after: 80) == StoreChanges(last: 80, jobs: []))
        #expect(try await fixture.openPostgres("other").changes(after: 0).jobs == [])
    }

    @Test func `others hear of a change, also after their connection was lost`() async throws {
        let fixture = try await PostgresFixture()
        let (one, other) = (try await fixture.openPostgres(), try await fixture.openPostgres())
        try await one.saveJobs([JobDefinition(id: "jira/issues", title: "")])
        var notices = other.notices().makeAsyncIterator()
        // The first says that it hears from now on.
        #expect(await notices.next() != nil)
        try await one.setHold(Hold(by: Principal("ada"), reason: "", since: .epoch), of: "jira/issues")
        #expect(await notices.next() != nil)
        try await fixture.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'LISTEN%'
            """)
        // It may have missed something: it is told when it hears again.
        #expect(await notices.next() != nil)
        try await one.setHold(nil, of: "jira/issues")
        #expect(await notices.next() != nil)
        await other.close()
        #expect(await notices.next() == nil)
    }

    @Test func `what is known together is changed by one after the other`() async throws {
        let fixture = try await PostgresFixture()
        let stores = [try await fixture.openPostgres(), try await fixture.openPostgres()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                let store = stores[number % 2]
                group.addTask {
                    try await store.change("count", at: .epoch) { text, _ in
                        text = "\((text.flatMap { Int($0) } ?? 0) + 1)"
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await stores[0].change("count", at: .epoch) { text, _ in text } == "40")
        #expect(try await fixture.openPostgres("other").change("count", at: .epoch) { text, _ in text } == nil)
    }

    @Test func `leases follow the server's clock, however wrong that of an engine is`() async throws {
        let fixture = try await PostgresFixture()
        let store = try await fixture.openPostgres(usesServerClock: true)
        // Two clocks that are years apart, and neither is right.
        let early = Instant(seconds: 1_750_000_000)
        let late = early + .days(3_000)
        let run = try await store.addRun(
            NewRun(
                job: "jira/issues", mode: .full, by: .engine, reason: "", priority: 0, createdAt: early,
                correlation: "c")
        ).id
        let fence = try await store.claim(run, holder: "one", at: early, leaseUntil: early + .minutes(1))
        #expect(fence != nil)
        #expect(try await store.claim(run, holder: "two", at: late, leaseUntil: late + .minutes(1)) == nil)
        #expect(try await store.expiredRuns(at: late) == [])
        try await store.heartbeat(holder: "one", at: early, leaseUntil: early - .seconds(1))
        #expect(try await store.expiredRuns(at: early).map(\.id) == [run])
        #expect(try await store.claim(run, holder: "two", at: early, leaseUntil: early + .minutes(1))?.number == 2)
        #expect(try await store.change("x", at: late) { _, now in now } < late)
    }
}
