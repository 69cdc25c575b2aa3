import PulseDomain
import PulseStore
import Testing

private func line(_ number: Int, job: JobID? = nil) -> LogLine {
    LogLine(at: Sample.start + .seconds(number), level: .info, job: job, message: "Line \(number)")
}

let happeningBehaviours: [Behaviour] = [
    Behaviour("log lines come back as they were given, with growing sequences") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let full = LogLine(
            at: Sample.start, level: .warning, engine: "build-7 1", job: "jira/issues", partition: "PAY",
            message: "A page was halved.",
            facts: [LogLine.Fact("page.size", "50"), LogLine.Fact("emoji", "\u{1F4A5}\u{1B}[0m")], correlation: "c0ffee"
        )
        let added = try await store.appendLogs([full, line(1)], keeping: 100)
        #expect(added.map(\.sequence) == added.map(\.sequence).sorted() && added[0].sequence < added[1].sequence)
        #expect(try await store.logs(job: nil, after: nil, limit: 10) == added)
        #expect(added[0].facts == full.facts && added[0].correlation == full.correlation)
        #expect(added.map(\.engine) == ["build-7 1", nil])
        #expect(try await store.appendLogs([], keeping: 100).isEmpty)
    },
    Behaviour("the newest lines are told without a sequence, the following ones with it, of a job or all") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let added = try await store.appendLogs((0..<6).map { line($0, job: $0 % 2 == 0 ? "a/b" : nil) }, keeping: 100)
        #expect(try await store.logs(job: nil, after: nil, limit: 2) == Array(added[4...5]))
        #expect(try await store.logs(job: nil, after: added[1].sequence, limit: 2) == Array(added[2...3]))
        #expect(try await store.logs(job: "a/b", after: nil, limit: 2) == [added[2], added[4]])
        #expect(try await store.logs(job: "a/b", after: added[0].sequence, limit: 9) == [added[2], added[4]])
        #expect(try await store.logs(job: nil, after: added[5].sequence, limit: 9).isEmpty)
    },
    Behaviour("no more log lines are kept than wanted, and sequences go on") { fixture in
        let store = try await fixture.open(Sample.tenant)
        for number in 0..<20 { _ = try await store.appendLogs([line(number)], keeping: 5) }
        let kept = try await store.logs(job: nil, after: nil, limit: 100)
        #expect(kept.map(\.message) == (15..<20).map { "Line \($0)" })
        #expect(try await fixture.physicalRows()["logs"] == 5)
        let added = try await store.appendLogs((20..<30).map { line($0) }, keeping: 3)
        #expect(try await store.logs(job: nil, after: nil, limit: 100) == Array(added.suffix(3)))
        _ = try await store.appendLogs([line(30)], keeping: 0)
        #expect(try await store.logs(job: nil, after: nil, limit: 100).isEmpty)
        let after = try await store.appendLogs([line(31)], keeping: 3)
        #expect(after[0].sequence > added[9].sequence)
    },
    Behaviour("the audit is kept whole, newest first") { fixture in
        let store = try await fixture.open(Sample.tenant)
        var added: [AuditEntry] = []
        for (index, isRefused) in [false, true, false].enumerated() {
            added.append(
                try await store.appendAudit(
                    AuditEntry(
                        at: Sample.start, by: Principal("ada"), action: "pause", subject: "jira/issues",
                        reason: "Lunch \(index)", outcome: "Paused.", isRefused: isRefused, correlation: "c")))
        }
        #expect(added.map(\.sequence) == added.map(\.sequence).sorted() && Set(added.map(\.sequence)).count == 3)
        #expect(try await store.audit(limit: 10) == added.reversed())
        #expect(try await store.audit(limit: 1) == [added[2]])
        #expect(try await store.audit(before: added[2].sequence, limit: 1) == [added[1]])
        #expect(try await store.audit(before: added[0].sequence, limit: 10).isEmpty)
    },
    Behaviour("present alerts are those saved last, past ones are kept") { fixture in
        let store = try await fixture.open(Sample.tenant)
        let failed = Alert(
            id: "job_failed:a/b", kind: .jobFailed, severity: .critical, sentence: "It failed.", because: "Why.",
            next: "It is retried.", nextAt: Sample.start, since: Sample.start, job: "a/b",
            remedies: [.retry("a/b"), .replay([1, 2])])
        var stale = Alert(
            id: "data_stale:a/b", kind: .dataStale, severity: .warning, sentence: "Old.", because: "Why.",
            since: Sample.start)
        try await store.saveAlerts([stale, failed], at: Sample.start)
        #expect(try await store.alerts() == [stale, failed])
        stale.acknowledgedBy = Principal("ada")
        try await store.saveAlerts([stale], at: Sample.start + .seconds(1))
        #expect(try await store.alerts() == [stale])
        #expect(try await fixture.physicalRows()["alerts"] == 2)
        var again = failed
        again.since = Sample.start + .hours(1)
        try await store.saveAlerts([again, stale], at: again.since)
        #expect(try await store.alerts() == [again, stale])
        #expect(try await fixture.physicalRows()["alerts"] == 3)
        try await store.saveAlerts([], at: again.since)
        #expect(try await store.alerts().isEmpty)
    },
    Behaviour("who has seen an alert is kept, and nothing else of the alerts is changed by it") { fixture in
        let store = try await fixture.open(Sample.tenant)
        func alert(_ id: String) -> Alert {
            Alert(id: id, kind: .dataStale, severity: .warning, sentence: id, because: "Why.", since: Sample.start)
        }
        try await store.saveAlerts([alert("a"), alert("b")], at: Sample.start)
        #expect(try await store.acknowledge(alert: "b", by: Principal("ada")))
        #expect(try await !store.acknowledge(alert: "c", by: Principal("ada")))
        var seen = alert("b")
        seen.acknowledgedBy = Principal("ada")
        #expect(try await store.alerts() == [alert("a"), seen])
        // Whoever decides on alerts may not have heard of it yet.
        var worse = alert("b")
        worse.severity = .critical
        try await store.saveAlerts([worse, alert("c")], at: Sample.start + .seconds(1))
        worse.acknowledgedBy = Principal("ada")
        #expect(try await store.alerts() == [worse, alert("c")])
        #expect(try await !store.acknowledge(alert: "a", by: Principal("ada")))
        // One that begins again is a new one.
        try await store.saveAlerts([], at: Sample.start + .seconds(2))
        var again = alert("b")
        again.since = Sample.start + .hours(1)
        try await store.saveAlerts([again], at: again.since)
        #expect(try await store.alerts() == [again])
    },
    Behaviour("notes are kept by name until they are taken away") { fixture in
        let store = try await fixture.open(Sample.tenant)
        #expect(try await store.note("identity:jira") == nil)
        try await store.setNote("identity:jira", to: "one")
        try await store.setNote("identity:jira", to: "two")
        try await store.setNote("other", to: "")
        #expect(try await store.note("identity:jira") == "two")
        #expect(try await store.note("other")?.isEmpty == true)
        try await store.setNote("identity:jira", to: nil)
        #expect(try await store.note("identity:jira") == nil)
    },
]
