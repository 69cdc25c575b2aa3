import PulseDomain
import PulseStore
import Testing

private func member(_ id: String, seconds: Int = 0, endedAt: Instant? = nil) -> EngineMember {
    EngineMember(
        id: id, host: "build-7", pid: 4_711, version: "1.2.3", startedAt: Sample.start,
        seenAt: Sample.start + .seconds(seconds), endedAt: endedAt,
        report: EngineReport(
            runs: [
                RunReport(
                    job: "jira/issues", run: RunID(1), ratePerSecond: 12.5,
                    progress: Progress(done: 7, expected: 20, partitionsDone: 1, partitionsTotal: 3),
                    endsAt: Sample.start + .hours(1), stages: [StageStatus(stage: .load, pages: 2, records: 7)])
            ], recordsPerSecond: 12.5, requestsPerSecond: 0.5, bytesPerSecond: 1_000, trouble: "The disk is full."))
}

let engineBehaviours: [Behaviour] = [
    Behaviour("an engine is told as it told itself last, with the time at which it did") { fixture in
        let store = try await fixture.open(Sample.tenant)
        #expect(try await store.engines(at: Sample.start).isEmpty)
        try await store.saveEngine(member("b"), at: Sample.start)
        try await store.saveEngine(member("a"), at: Sample.start)
        let later = Sample.start + .seconds(5)
        try await store.saveEngine(member("b", seconds: 5), at: later)
        #expect(try await store.engines(at: later) == [member("a"), member("b", seconds: 5)])
        try await store.saveEngine(member("a", seconds: 5, endedAt: later), at: later)
        #expect(
            try await store.engines(at: later) == [member("a", seconds: 5, endedAt: later), member("b", seconds: 5)])
        let other = try await fixture.open("other")
        #expect(try await other.engines(at: later).isEmpty)
    },
    Behaviour("the runs that an engine holds are told with the end of their leases, whatever it told itself") {
        fixture in
        let store = try await fixture.open(Sample.tenant)
        try await store.saveEngine(member("a"), at: Sample.start)
        let run = try await store.addRun(Sample.newRun()).id
        _ = try await store.addRun(Sample.newRun(of: "jira/projects"))
        let end = Sample.start + .minutes(1)
        let fence = try await store.claim(run, holder: "a", at: Sample.start, leaseUntil: end)
        _ = try await store.setState(.running, of: run, expecting: .queued, fence: fence, at: Sample.start)
        #expect(
            try await store.engines(at: Sample.start).first?.holds
                == [HeldRun(job: "jira/issues", run: run, leaseUntil: end)])
        _ = try await store.setState(.succeeded([]), of: run, expecting: .running, fence: fence, at: Sample.start)
        #expect(try await store.engines(at: Sample.start).first?.holds == [])
    },
    Behaviour("what was taken from a silent engine is told with it, until it is heard of again") { fixture in
        let store = try await fixture.open(Sample.tenant)
        try await store.saveEngine(member("a"), at: Sample.start)
        try await store.saveEngine(member("b"), at: Sample.start)
        let at = Sample.start + .minutes(1)
        var first = TakenRun(job: "jira/issues", run: RunID(1), at: at)
        let second = TakenRun(job: "jira/projects", run: RunID(2), at: at, by: "c")
        try await store.noteTaken(first, from: "a")
        try await store.noteTaken(second, from: "a")
        first.by = "b"
        try await store.noteTaken(first, from: "a")
        try await store.noteTaken(first, from: "nobody")
        // Whoever goes on with it is known, however late it is told that it was taken.
        try await store.noteTaken(TakenRun(job: first.job, run: first.run, at: at), from: "a")
        let told = try await store.engines(at: at)
        #expect(told.map(\.id) == ["a", "b"] && told[1] == member("b"))
        #expect(told[0].taken == [second, first] && told[0].report == member("a").report)
        #expect(told[0].presence(at: at) == .lost)
        try await store.saveEngine(member("a", seconds: 70), at: Sample.start + .seconds(70))
        #expect(try await store.engines(at: Sample.start + .seconds(70)).first == member("a", seconds: 70))
    },
    Behaviour("an engine that said that it ends is forgotten after an hour") { fixture in
        let store = try await fixture.open(Sample.tenant)
        var ended = member("ended")
        ended.endedAt = Sample.start
        try await store.saveEngine(ended, at: Sample.start)
        try await store.saveEngine(member("lost"), at: Sample.start)
        for (later, known) in [(Duration.minutes(59), ["ended", "lost", "new"]), (.minutes(61), ["lost", "new"])] {
            try await store.saveEngine(member("new"), at: Sample.start + later)
            #expect(try await store.engines(at: Sample.start + later).map(\.id).sorted() == known)
        }
    },
    Behaviour("an engine that was not heard of for a day is forgotten") { fixture in
        let store = try await fixture.open(Sample.tenant)
        try await store.saveEngine(member("old"), at: Sample.start)
        let next = Sample.start + .days(1) + .seconds(1)
        #expect(try await store.engines(at: next).isEmpty)
        #expect(try await fixture.physicalRows()["engines"] == 1)
        try await store.saveEngine(member("new"), at: next)
        #expect(try await store.engines(at: next).map(\.id) == ["new"])
        #expect(try await fixture.physicalRows()["engines"] == 1)
    },
]
