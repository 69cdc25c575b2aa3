import PulseDomain
import Testing

@testable import PulseEngine

@Suite struct AlertRulesTests {
    static let now = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6))
    static let job: JobID = "jira-main/issues"
    static let quota = QuotaID(identity: "i", bucket: "graphql")

    private func status(
        _ state: RunState? = nil, retriesAt: Instant? = nil, staleAfter: Duration? = nil, lastSuccessAt: Instant? = nil,
        hold: Hold? = nil, quarantined: Int = 0, nextRunAt: Instant? = nil
    ) -> JobStatus {
        JobStatus(
            definition: JobDefinition(id: Self.job, title: "Issues", staleAfter: staleAfter), hold: hold,
            run: state.map {
                RunStatus(
                    id: RunID(1), state: $0, mode: .incremental, startedBy: .schedule, createdAt: Self.now - .hours(2),
                    stateSince: Self.now - .hours(1), correlation: "c")
            }, nextRunAt: nextRunAt, lastSuccessAt: lastSuccessAt, retriesAt: retriesAt, quarantined: quarantined)
    }

    private func alerts(
        _ jobs: [JobStatus] = [], quotas: [QuotaStatus] = [], breakers: [BreakerStatus] = [],
        held: [AlertRules.Input.HeldTombstones] = [], quarantinedBefore: [JobID: Int] = [:], trouble: String? = nil,
        before: [Alert] = [], at now: Instant = now
    ) -> [Alert] {
        AlertRules.evaluate(
            AlertRules.Input(
                jobs: jobs, quotas: quotas, breakers: breakers, heldTombstones: held,
                quarantinedBefore: quarantinedBefore, storeTrouble: trouble), before: before, at: now)
    }

    private let failure = Failure(.transient, code: "x", "The server was away.", remedy: "Wait.")

    @Test func `a healthy engine has none`() {
        let healthy = status(
            .succeeded([]), staleAfter: .hours(2), lastSuccessAt: Self.now - .hours(1), nextRunAt: Self.now)
        #expect(alerts([healthy]) == [])
    }

    @Test func `a failed job is critical when nothing happens by itself, a warning when it is taken up again`() throws {
        let alone = try #require(alerts([status(.failed(failure))]).first)
        #expect(alone.kind == .jobFailed && alone.severity == .critical && alone.next == nil)
        #expect(alone.because == "The server was away. Wait." && alone.since == Self.now - .hours(1))
        #expect(alone.remedies == [.retry(Self.job), .hold(Self.job)])
        let retried = try #require(alerts([status(.failed(failure), retriesAt: Self.now + .minutes(5))]).first)
        #expect(retried.severity == .warning && retried.nextAt == Self.now + .minutes(5) && retried.next != nil)
        let scheduled = try #require(alerts([status(.failed(failure), nextRunAt: Self.now + .hours(1))]).first)
        #expect(scheduled.severity == .critical && scheduled.nextAt == Self.now + .hours(1))
        #expect(scheduled.next == "A new run starts by its schedule.")
        let hold = Hold(by: Principal("ada"), reason: "migration", since: Self.now)
        let held = status(.failed(failure), retriesAt: Self.now + .minutes(5), hold: hold, nextRunAt: Self.now)
        let alert = try #require(alerts([held]).first)
        #expect(alert.nextAt == nil && alert.next?.contains("when the job is released") == true)
    }

    @Test func `a suspicious success asks to look`() throws {
        let alert = try #require(alerts([status(.succeeded(.suspicious), nextRunAt: Self.now + .hours(1))]).first)
        #expect(alert.kind == .suspiciousSuccess && alert.nextAt == Self.now + .hours(1))
        #expect(alert.remedies == [.start(Self.job, .incremental), .start(Self.job, .full)])
        #expect(alerts([status(.succeeded(.withQuarantine))]) == [])
    }

    @Test(arguments: [(["*"], "succeeded with nothing"), (["PAY"], "PAY of jira"), (["A", "B"], "A, B of jira")])
    func `a suspicious success names the partitions`(partitions: [String], words: String) throws {
        let alerts = AlertRules.evaluate(
            AlertRules.Input(
                jobs: [status(.succeeded(.suspicious))], quotas: [], breakers: [], heldTombstones: [],
                suspicious: [Self.job: partitions.map { PartitionKey($0) }], quarantinedBefore: [:]), before: [],
            at: Self.now)
        #expect(alerts.first?.sentence.contains(words) == true, "\(alerts)")
    }

    @Test func `many suspicious partitions are counted`() throws {
        let keys = (1...8).map { PartitionKey("P\($0)") }
        let alerts = AlertRules.evaluate(
            AlertRules.Input(
                jobs: [status(.succeeded(.suspicious))], quotas: [], breakers: [], heldTombstones: [],
                suspicious: [Self.job: keys], quarantinedBefore: [:]), before: [], at: Self.now)
        #expect(alerts.first?.sentence.contains("P1, P2, P3, P4, P5 and 3 more") == true)
    }

    @Test func `stale data says since when, and that a hold is the cause where it is`() throws {
        let last = Self.now - .hours(5)
        let stale = try #require(alerts([status(staleAfter: .hours(2), lastSuccessAt: last)]).first)
        #expect(stale.kind == .dataStale && stale.since == last + .hours(2))
        #expect(stale.remedies == [.start(Self.job, .incremental)])
        let hold = Hold(by: Principal("ada"), reason: "migration", since: Self.now)
        let held = try #require(alerts([status(staleAfter: .hours(2), lastSuccessAt: last, hold: hold)]).first)
        #expect(held.because.contains("ada: migration") && held.remedies == [.release(Self.job)])
        #expect(alerts([status(staleAfter: .hours(5), lastSuccessAt: last)]) == [])
    }

    @Test func `a growing quarantine is noticed, one that stays is not`() throws {
        let alert = try #require(alerts([status(quarantined: 7)], quarantinedBefore: [Self.job: 4]).first)
        #expect(alert.kind == .quarantineGrowing && alert.severity == .notice && alert.sentence.hasPrefix("3 records"))
        #expect(alerts([status(quarantined: 7)], quarantinedBefore: [Self.job: 7]) == [])
    }

    @Test func `records in quarantine are told of until somebody has seen them, or none is left`() throws {
        var told = try #require(alerts([status(quarantined: 7)], quarantinedBefore: [Self.job: 4]).first)
        // Whoever decides later found them there when it began.
        func later(_ quarantined: Int) -> [Alert] {
            alerts([status(quarantined: quarantined)], quarantinedBefore: [Self.job: quarantined], before: [told])
        }
        let lasting = try #require(later(6).first)
        #expect(lasting.id == told.id && lasting.since == told.since)
        #expect(lasting.sentence == "6 records of \(Self.job) are in quarantine.")
        #expect(later(1).first?.sentence == "1 record of \(Self.job) is in quarantine.")
        #expect(later(0) == [])
        told.acknowledgedBy = Principal("ada")
        #expect(later(6) == [])
    }

    @Test func `a quota that holds jobs back says until when`() throws {
        let wait = Wait(reason: .quota(Self.quota), since: Self.now, until: Self.now + .minutes(20), because: "Spent.")
        let reset = Self.now + .minutes(20)
        let quota = QuotaStatus(id: Self.quota, sources: ["s"], limit: 100, remaining: 3, reserve: 3, resetsAt: reset)
        let alert = try #require(alerts([status(.waiting(wait))], quotas: [quota]).first)
        #expect(alert.kind == .quotaRunningOut && alert.nextAt == reset)
        #expect(alert.because.contains("3 of 100") && alert.remedies == [.pauseUntilQuotaResets(Self.job)])
        #expect(alerts([status(.running)], quotas: [quota]) == [])
    }

    @Test(arguments: [(20, false), (300, true)])
    func `a quota whose provider asks to wait says what was asked, not when its budget resets`(
        seconds: Int, isTold: Bool
    ) throws {
        let wait = Wait(
            reason: .quota(Self.quota), since: Self.now, until: Self.now + .seconds(seconds),
            because: "The provider asked to wait.")
        let quota = QuotaStatus(
            id: Self.quota, sources: ["s"], limit: 5_000, remaining: 3_549, reserve: 500,
            resetsAt: Self.now + .minutes(56))
        let told = alerts([status(.waiting(wait))], quotas: [quota])
        #expect(told.count == (isTold ? 1 : 0))
        if let alert = told.first {
            #expect(alert.nextAt == wait.until && alert.because == wait.because && alert.remedies == [])
            #expect(alert.next == "Work goes on when the provider allows it.")
        }
    }

    @Test func `requests that are only paced alarm nobody`() {
        let wait = Wait(reason: .pacing(Self.quota), since: Self.now, until: Self.now + .minutes(2), because: "Paced.")
        let quota = QuotaStatus(
            id: Self.quota, sources: ["s"], limit: 5_000, remaining: 1_845, reserve: 500,
            resetsAt: Self.now + .minutes(29), waiting: 2)
        #expect(alerts([status(.waiting(wait)), status(.waiting(wait))], quotas: [quota]) == [])
    }

    @Test(arguments: [
        ("trying Release it", "held by ada: trying Release it"), ("Later. ", "held by ada: Later"), ("", "held by ada"),
    ])
    func `a hold is told without a second full stop`(reason: String, phrase: String) {
        #expect(Hold(by: Principal("ada"), reason: reason, since: Self.now).phrase == phrase)
    }

    @Test(arguments: [BreakerPosition.open, .halfOpen])
    func `an open breaker is critical and says when it is probed`(position: BreakerPosition) throws {
        let breaker = BreakerStatus(
            source: "s", endpoint: "search", position: position, failures: 5, openedAt: Self.now - .minutes(1),
            probesAt: Self.now + .minutes(1), because: "502.")
        let alert = try #require(alerts(breakers: [breaker]).first)
        #expect(alert.severity == .critical && alert.since == Self.now - .minutes(1) && alert.because == "502.")
        #expect(alert.nextAt == Self.now + .minutes(1))
        #expect(alerts(breakers: [BreakerStatus(source: "s", endpoint: "search", failures: 3)]) == [])
    }

    @Test(arguments: [
        (nil, "search of s does not answer; the breaker is open."),
        ("No connection to jira.acme.internal could be opened.", "search of s does not answer; the breaker is open."),
        (
            "jira.acme.internal answered the search with status 500.",
            "search of s answers with errors (500); the breaker is open."
        ),
        (
            "jira.acme.internal answered the search with an empty body.",
            "search of s answers wrongly; the breaker is open."
        ),
        ("jira.acme.internal broke off its answer to the search.", "search of s answers wrongly; the breaker is open."),
        ("GitHub could not answer a small request in time.", "search of s does not answer; the breaker is open."),
    ])
    func `of an open breaker it is said what the endpoint does`(because: String?, sentence: String) throws {
        let breaker = BreakerStatus(
            source: "s", endpoint: "search", position: .open, failures: 5, openedAt: Self.now, because: because)
        #expect(try #require(alerts(breakers: [breaker]).first).sentence == sentence)
    }

    @Test func `held tombstones and trouble of the store are told`() throws {
        let finding = AlertRules.Input.HeldTombstones(id: 4, job: Self.job, records: 60, known: 90, at: Self.now)
        let held = try #require(alerts(held: [finding]).first)
        #expect(held.sentence.hasPrefix("60 of 90") && held.remedies.first == .confirmTombstones(4))
        let trouble = try #require(alerts(trouble: "The disk is full.").first)
        #expect(
            trouble.kind == .storeTrouble && trouble.severity == .critical && trouble.because == "The disk is full.")
    }

    @Test func `what each census finds gone anew is one alert, and other records are another`() throws {
        func finding(_ id: Int64, _ value: String) -> TombstoneFinding {
            TombstoneFinding(
                id: id,
                partition: PartitionID(
                    tenant: "acme", source: Self.job.source, stream: Self.job.stream, key: PartitionKey("P")),
                run: RunID(id), scope: CensusScope(table: "work_items", column: "project", value: value), records: 60,
                known: 90, at: Self.now + .hours(Int(id)), isHeld: true)
        }
        func raised(_ findings: [TombstoneFinding], before: [Alert] = []) -> [Alert] {
            alerts(
                held: findings.map {
                    AlertRules.Input.HeldTombstones(
                        id: $0.id, job: Self.job, records: $0.records, known: $0.known, at: $0.at, place: $0.place)
                }, before: before)
        }
        let first = raised([finding(1, "PAY")])
        let again = raised([finding(2, "PAY")], before: first)
        #expect(first.map(\.id) == again.map(\.id) && again.first?.since == first.first?.since)
        #expect(again.first?.remedies.first == .confirmTombstones(2))
        #expect(first[0].id.wholeMatch(of: /tombstones_held:\S+:[0-9a-f]{8}/) != nil)
        #expect(Set(raised([finding(1, "PAY"), finding(2, "SHOP")]).map(\.id)).count == 2)
    }

    @Test func `the most urgent come first; those that last keep their beginning and who has seen them`() throws {
        let jobs = [status(.failed(failure), quarantined: 5)]
        var first = alerts(jobs, trouble: "Full.")
        #expect(first.map(\.severity) == first.map(\.severity).sorted() && first.first?.severity == .critical)
        let index = try #require(first.firstIndex { $0.kind == .storeTrouble })
        first[index].acknowledgedBy = Principal("ada")
        let later = alerts(jobs, trouble: "Still full.", before: first, at: Self.now + .hours(3))
        let trouble = try #require(later.first { $0.kind == .storeTrouble })
        #expect(trouble.since == Self.now && trouble.acknowledgedBy == Principal("ada"))
        #expect(trouble.because == "Still full.")
        #expect(alerts([status()], before: later) == [])
    }
}
