import PulseDomain
import PulseStore
import Testing

let runBehaviours: [Behaviour] = [
    Behaviour("a run is added as it was given, queued and with a growing id") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let first = try await store.addRun(Sample.newRun(mode: .range(from: .epoch, to: Sample.start)))
        let second = try await store.addRun(Sample.newRun())
        #expect(first.id < second.id)
        let read = try #require(try await store.run(first.id))
        #expect(read == first)
        #expect(read.mode == .range(from: .epoch, to: Sample.start))
        #expect(read.state == .queued && read.by == Principal("ada") && read.priority == 3 && read.attempts == 0)
        #expect(try await store.run(RunID(77)) == nil)
    },
    Behaviour("runs are listed newest first, of one job or all") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let ids = [
            try await store.addRun(Sample.newRun()).id, try await store.addRun(Sample.newRun(of: "git/commits")).id,
            try await store.addRun(Sample.newRun()).id,
        ]
        #expect(try await store.runs(of: nil, limit: 10).map(\.id) == ids.reversed())
        #expect(try await store.runs(of: "jira/issues", limit: 10).map(\.id) == [ids[2], ids[0]])
        #expect(try await store.runs(of: nil, limit: 1).map(\.id) == [ids[2]])
    },
    Behaviour("the newest run of every job is told, and the newest of a mode") { fixture in
        let store = try await fixture.open(Sample.tenant)
        #expect(try await store.newestRuns(mode: nil).isEmpty)
        try await store.saveJobs(
            ["jira/issues", "git/commits", "git/tags"].map { JobDefinition(id: $0, title: "Of \($0)") })
        let census = try await store.addRun(Sample.newRun(mode: .census))
        let commits = try await store.addRun(Sample.newRun(of: "git/commits"))
        let newest = try await store.addRun(Sample.newRun())
        #expect(try await store.newestRuns(mode: nil) == ["jira/issues": newest, "git/commits": commits])
        #expect(try await store.newestRuns(mode: .census) == ["jira/issues": census])
    },
    Behaviour("of engines that find a job due at once one adds a run") { fixture in
        let stores = [try await fixture.open(Sample.tenant), try await fixture.open(Sample.tenant)]
        for minute in 0..<5 {
            let due = Sample.start + .minutes(minute)
            var new = Sample.newRun()
            new.createdAt = due + .seconds(1)
            let run = new
            async let first = stores[0].addOnlyRun(run, due: due)
            async let second = stores[1].addOnlyRun(run, due: due)
            let added = [try await first, try await second].compactMap(\.self)
            #expect(added.count == 1)
            // One that is open keeps out others, whatever is due.
            #expect(try await stores[0].addOnlyRun(run, due: nil) == nil)
            for run in added {
                #expect(
                    try await stores[0].setState(
                        .stopped(by: .engine, reason: ""), of: run.id, expecting: .queued, fence: nil, at: due))
            }
            // The time that was due is over, also when its run has ended; for other modes it is not.
            #expect(try await stores[1].addOnlyRun(run, due: due) == nil)
        }
        #expect(try await stores[0].addOnlyRun(Sample.newRun(mode: .census), due: Sample.start) != nil)
    },
    Behaviour("of two workers that claim a run one gets it") { fixture in
        let (one, other) = (try await fixture.open(Sample.tenant), try await fixture.open(Sample.tenant))
        for _ in 0..<10 {
            let run = try await one.addRun(Sample.newRun()).id
            async let first = one.claim(run, holder: "one", at: Sample.start, leaseUntil: Sample.start + .minutes(1))
            async let second = other.claim(
                run, holder: "other", at: Sample.start, leaseUntil: Sample.start + .minutes(1))
            let fences = [try await first, try await second]
            #expect(fences.compactMap(\.self).count == 1)
            let stored = try #require(try await one.run(run))
            #expect(stored.holder == (fences[0] == nil ? "other" : "one"))
            #expect(stored.attempts == 1 && stored.fence == fences.compactMap(\.self).first?.number)
        }
    },
    Behaviour("a claim whose lease ran out can be taken over, with a higher fence") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let run = try await store.addRun(Sample.newRun()).id
        let first = try await store.claimed(run, by: "one")
        let late = Sample.start + .minutes(2)
        let second = try #require(
            try await store.claim(run, holder: "two", at: late, leaseUntil: late + .minutes(1)))
        #expect(second.number > first.number)
        #expect(try await store.run(run)?.attempts == 2)
    },
    Behaviour("only queued runs can be claimed") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let run = try await store.addRun(Sample.newRun()).id
        let pause = Pause(by: Principal("ada"), reason: "lunch", since: Sample.start)
        #expect(try await store.setState(.paused(pause), of: run, expecting: .queued, fence: nil, at: Sample.start))
        #expect(try await store.claim(run, holder: "one", at: Sample.start, leaseUntil: Sample.start) == nil)
        #expect(try await store.claim(RunID(99), holder: "one", at: Sample.start, leaseUntil: Sample.start) == nil)
    },
    Behaviour("a heartbeat prolongs the leases of its holder alone") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let runs = [try await store.addRun(Sample.newRun()).id, try await store.addRun(Sample.newRun()).id]
        _ = try await store.claimed(runs[0], by: "one")
        _ = try await store.claimed(runs[1], by: "two")
        try await store.heartbeat(holder: "one", at: Sample.start, leaseUntil: Sample.start + .hours(1))
        #expect(try await store.run(runs[0])?.leaseUntil == Sample.start + .hours(1))
        #expect(try await store.run(runs[1])?.leaseUntil == Sample.start + .minutes(1))
    },
]
