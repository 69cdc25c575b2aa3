import PulseDomain
import PulseStore
import Testing

let stateBehaviours: [Behaviour] = [
    Behaviour("a state changes only from the one expected, and stamps start and end") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let run = try await store.addRun(Sample.newRun()).id
        let fence = try await store.claimed(run)
        let (first, second, third) = (Sample.start, Sample.start + .seconds(1), Sample.start + .seconds(2))
        #expect(try await store.setState(.running, of: run, expecting: .queued, fence: fence, at: first))
        #expect(try await store.setState(.running, of: run, expecting: .queued, fence: fence, at: second) == false)
        let wait = Wait(reason: .backoff(attempt: 2), since: second, until: third, because: "It was slow.")
        #expect(try await store.setState(.waiting(wait), of: run, expecting: .running, fence: fence, at: second))
        #expect(try await store.run(run)?.state == .waiting(wait))
        #expect(try await store.run(run)?.holder == "worker")
        #expect(try await store.setState(.running, of: run, expecting: .waiting, fence: fence, at: third))
        #expect(try await store.run(run)?.startedAt == first)
        #expect(try await store.run(run)?.stateSince == third)
        let failure = Failure(.transient, code: "x.y", "It broke.", remedy: "Mend it.")
        #expect(try await store.setState(.failed(failure), of: run, expecting: .running, fence: fence, at: third))
        let ended = try #require(try await store.run(run))
        #expect(ended.state == .failed(failure) && ended.endedAt == third && ended.holder == nil)
        #expect(try await store.setState(.queued, of: run, expecting: .failed, fence: nil, at: third))
        let again = try #require(try await store.run(run))
        #expect(again.endedAt == nil && again.startedAt == first)
        #expect(try await store.claimed(run).number > fence.number)
    },
    Behaviour("a worker whose fence is stale changes no state") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let run = try await store.addRun(Sample.newRun()).id
        let stale = try await store.claimed(run)
        let late = Sample.start + .hours(1)
        let fence = try #require(try await store.claim(run, holder: "two", at: late, leaseUntil: late + .hours(1)))
        #expect(try await store.setState(.running, of: run, expecting: .queued, fence: stale, at: late) == false)
        #expect(try await store.run(run)?.state == .queued)
        let foreign = Fence(run: RunID(run.rawValue + 1), number: fence.number)
        #expect(try await store.setState(.running, of: run, expecting: .queued, fence: foreign, at: late) == false)
        #expect(try await store.setState(.running, of: run, expecting: .queued, fence: fence, at: late))
    },
    Behaviour("every state is kept with what belongs to it") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let (ada, at) = (Principal("ada"), Sample.start)
        let quota = QuotaID(identity: "token-1", bucket: "graphql")
        let states: [RunState] = [
            .running, .waiting(Wait(reason: .quota(quota), since: at, until: at, because: "b")),
            .waiting(Wait(reason: .dependency("a/b"), since: at, until: at, because: "b")),
            .pausing(Pause(by: ada, reason: "r", since: at, until: at)),
            .paused(Pause(by: ada, reason: "r", since: at)),
            .stopping(by: ada, reason: "s"), .stopped(by: ada, reason: "\u{1F6D1} enough"),
            .failed(Failure(.contractBroken, code: "c", "S.", remedy: "R.", endpoint: "search", retryAt: at)),
            .succeeded([.withQuarantine, .suspicious]), .queued,
        ]
        let run = try await store.addRun(Sample.newRun()).id
        var present = RunStateName.queued
        for state in states {
            #expect(try await store.setState(state, of: run, expecting: present, fence: nil, at: at))
            #expect(try await store.run(run)?.state == state)
            present = state.name
        }
    },
    Behaviour("runs that are not final are open, oldest first") { fixture in
        let store = try await fixture.open(Sample.tenant)
        var ids: [RunID] = []
        for _ in 0..<4 { ids.append(try await store.addRun(Sample.newRun()).id) }
        let by = Principal("ada")
        _ = try await store.setState(
            .stopped(by: by, reason: ""), of: ids[1], expecting: .queued, fence: nil, at: Sample.start)
        _ = try await store.setState(.running, of: ids[2], expecting: .queued, fence: nil, at: Sample.start)
        #expect(try await store.openRuns().map(\.id) == [ids[0], ids[2], ids[3]])
    },
    Behaviour("the last success of a job is its last incremental or full run that was not suspicious") { fixture in
        let store = try await fixture.open(Sample.tenant)
        try await store.saveJobs([JobDefinition(id: "jira/issues", title: "Issues")])
        func succeed(_ mode: RunMode, _ flags: SuccessFlags, items: [Item], after: Duration) async throws {
            let worker = try await Worker(store, mode: mode)
            try await worker.commit(Sample.items(items))
            #expect(
                try await store.setState(
                    .succeeded(flags), of: worker.fence.run, expecting: .queued, fence: worker.fence,
                    at: Sample.start + after))
        }
        #expect(try await store.jobs().first?.lastSuccessAt == nil)
        try await succeed(.full, [], items: [Item(id: "1", key: "A-1")], after: .seconds(1))
        try await succeed(.census, [], items: [], after: .seconds(2))
        try await succeed(.incremental, .suspicious, items: [], after: .seconds(3))
        let job = try #require(try await store.jobs().first)
        #expect(job.lastSuccessAt == Sample.start + .seconds(1) && job.lastSuccessExtracted == 1)
        try await succeed(.incremental, .withQuarantine, items: [], after: .seconds(4))
        #expect(try await store.jobs().first?.lastSuccessAt == Sample.start + .seconds(4))
        #expect(try await store.jobs().first?.lastSuccessExtracted == 0)
    },
]
