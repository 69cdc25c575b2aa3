import PulseDomain

/// Several engines on one store, one of which has fallen silent.
extension Scene {
    static let silentEngine = "build-farm-9.eu-central 5120"

    static func engines(_ now: Instant) -> [EngineMember] {
        [
            EngineMember(
                id: silentEngine, host: "build-farm-9.eu-central", pid: 5_120, version: "1.0.0",
                startedAt: now - .hours(7), seenAt: now - .seconds(23),
                holds: [
                    HeldRun(job: "jira-cloud/issues", run: RunID(812), leaseUntil: now + .seconds(37)),
                    HeldRun(job: "github-oss/commits", run: RunID(813), leaseUntil: now + .seconds(32)),
                ]),
            EngineMember(
                id: "etl-1 4711", host: "etl-1", pid: 4_711, version: "1.0.0", startedAt: now - .hours(31),
                seenAt: now - .seconds(2), report: EngineReport(recordsPerSecond: 1_240, requestsPerSecond: 13.4),
                holds: [HeldRun(job: "github-oss/pull_requests", run: RunID(811), leaseUntil: now + .seconds(55))]),
            EngineMember(
                id: "etl-2 77", host: "etl-2", pid: 77, version: "1.0.0", startedAt: now - .minutes(4),
                seenAt: now - .seconds(4)),
            EngineMember(
                id: "etl-2 12", host: "etl-2", pid: 12, version: "0.9.8", startedAt: now - .hours(3),
                seenAt: now - .minutes(5), endedAt: now - .minutes(5)),
            EngineMember(
                id: "etl-3 5", host: "etl-3", pid: 5, version: "1.0.0", startedAt: now - .minutes(9),
                seenAt: now - .minutes(9),
                taken: [TakenRun(job: "jira-dc/issues", run: RunID(790), at: now - .minutes(8), by: "etl-1 4711")]),
        ]
    }

    static func silence(_ now: Instant) -> Alert {
        Alert(
            id: Alert.silence(of: silentEngine), kind: .engineSilent, severity: .warning,
            sentence: "The engine \(silentEngine) is silent.",
            because: "It was killed, hangs, or does not reach the store; it was last heard of at 2026-03-12T14:31:42Z.",
            next: "Its 2 runs are taken over.", nextAt: now + .seconds(37), since: now - .seconds(23))
    }

    static func many(_ now: Instant) -> Overview {
        var overview = busy(now)
        overview.engines = engines(now)
        overview.alerts = [silence(now)]
        for index in overview.jobs.indices {
            let id = overview.jobs[index].id
            guard let engine = overview.engines.first(where: { $0.holds.contains { $0.job == id } }) else { continue }
            overview.jobs[index].run?.engine = engine.id
            guard engine.id == silentEngine else { continue }
            overview.jobs[index].run?.isElsewhere = true
            overview.jobs[index].run?.ratePerSecond = nil
            overview.jobs[index].run?.takenOverAt = now + .seconds(37)
        }
        return overview
    }

    /// Several engines on a store that does not answer any more.
    static func away(_ now: Instant) -> Overview {
        var overview = busy(now)
        let asOf = now - .seconds(23)
        overview.engines = engines(asOf).filter { $0.id != silentEngine }
        overview.engine.absence = StoreAbsence(
            asOf: asOf, since: asOf + .seconds(2), nextTryAt: now + .seconds(4),
            because: "The database db.acme.internal does not answer: connection refused.")
        overview.engine.trouble = "The database db.acme.internal does not answer: connection refused."
        overview.throughput = overview.throughput.filter { $0.at <= asOf }
        overview.alerts = [
            Alert(
                id: "store_trouble", kind: .storeTrouble, severity: .critical, sentence: "The store has trouble.",
                because: "The database db.acme.internal does not answer: connection refused.",
                next: "What could not be written is tried again.", since: asOf)
        ]
        return overview
    }

    static func linesOfMany() -> [LogLine] {
        let (first, second) = ("etl-1 4711", silentEngine)
        func line(_ sequence: Int64, _ second: Int, _ engine: String?, _ level: LogLevel, _ message: String) -> LogLine
        {
            LogLine(
                sequence: sequence, at: moment + .seconds(second), level: level, engine: engine,
                job: "jira-cloud/issues", message: message)
        }
        return [
            line(9001, 1, second, .info, "A run has started."), line(9002, 9, first, .info, "A page was halved."),
            line(9003, 4, second, .info, "A page was committed."),
            line(9004, 20, nil, .notice, "A command was carried out."),
            line(9005, 31, second, .warning, "The engine has fallen silent."),
        ]
    }
}
