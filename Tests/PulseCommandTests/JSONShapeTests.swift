import PulseDomain
import Testing

@testable import PulseCommands

/// The shapes are a contract: a change here breaks other people's scripts.
struct JSONShapeTests {
    @Test func `a job that never ran has every key`() throws {
        let job = JobStatus(definition: JobDefinition(id: "git/commits", title: "Commits"))
        #expect(
            try JSONText.document(JSONObject(job)) == """
                {
                  "engine" : null,
                  "hold" : null,
                  "id" : "git/commits",
                  "last_success_at" : null,
                  "next_run_at" : null,
                  "quarantined" : 0,
                  "retries_at" : null,
                  "run" : null,
                  "source" : "git",
                  "state" : "never_run",
                  "stream" : "commits",
                  "title" : "Commits"
                }

                """)
    }

    @Test func `a waiting run says why and until when`() throws {
        let wait = Wait(
            reason: .backoff(attempt: 2), since: .epoch, until: Instant(seconds: 60), because: "It timed out.")
        let run = RunStatus(
            id: RunID(7), state: .waiting(wait), mode: .full, startedBy: Principal("ada"), createdAt: .epoch,
            stateSince: .epoch, correlation: "c")
        #expect(
            try JSONText.line(JSONObject(run)) == """
                {"as_of":null,"attempts":0,"because":"It timed out.","correlation":"c","counts":{"extracted":0,"filtered":0,\
                "inserted":0,"quarantined":0,"tombstoned":0,"unchanged":0,"updated":0},\
                "created_at":"1970-01-01T00:00:00Z","ended_at":null,"ends_at":null,"engine":null,"id":7,"mode":"full",\
                "progress":null,"reason":null,"records_per_second":0,"requests":0,"started_at":null,"started_by":"ada",\
                "state":"waiting","taken_over_at":null,"until":"1970-01-01T00:01:00Z"}

                """)
    }

    @Test func `a log line is one object, and names of facts stay as they are`() throws {
        let line = LogLine(
            sequence: 3, at: .epoch, level: .info, job: "git/commits", message: "A run has started.",
            facts: [.init("failureCode", "x/y")])
        #expect(
            try JSONText.line(JSONObject(line)) == """
                {"at":"1970-01-01T00:00:00Z","correlation":null,"engine":null,"facts":{"failureCode":"x/y"},"job":"git/commits",\
                "level":"info","message":"A run has started.","partition":null,"sequence":3}

                """)
    }

    @Test(arguments: [
        (CommandReceipt.accepted("Done."), "accepted", "null"),
        (.unchanged("It was so."), "unchanged", "null"),
        (.refused(because: "No.", instead: "Wait."), "refused", "\"Wait.\""),
    ])
    func `a receipt has an outcome`(_ receipt: CommandReceipt, _ outcome: String, _ instead: String) throws {
        let text = try JSONText.line(JSONObject(receipt, isRunning: false, correlation: "c"))
        #expect(text.contains("\"outcome\":\"\(outcome)\""))
        #expect(text.contains("\"instead\":\(instead)"))
    }

    /// Keys as printed, in their order.
    private static func keys(_ shape: some Encodable) throws -> String {
        try JSONText.document(shape).split(separator: "\n").filter { $0.hasPrefix("  \"") }
            .map { String($0.dropFirst(3).prefix { $0 != "\"" }) }.joined(separator: " ")
    }

    private static let partition = PartitionID(tenant: "acme", source: "git", stream: "commits", key: "main")

    @Test func `every shape has the keys that scripts rely on, also where there is nothing`() throws {
        let overview = Overview(
            asOf: .epoch,
            engine: EngineStatus(holder: "h", tenant: "acme", store: "s", version: "1", startedAt: .epoch), jobs: [],
            quotas: [], breakers: [], alerts: [], throughput: [])
        let finding = TombstoneFinding(
            id: 1, partition: Self.partition, run: RunID(1), scope: CensusScope(table: "commits"), records: 1, known: 2,
            at: .epoch, isHeld: true)
        let alert = Alert(
            id: "x", kind: .jobFailed, severity: .critical, sentence: "It failed.", because: "So.", since: .epoch)
        let checkpoint = Checkpoint(partition: Self.partition, run: RunID(1), mode: .full, cursor: nil, savedAt: .epoch)
        let entry = QuarantineEntry(
            id: 1, partition: Self.partition, run: RunID(1), cursor: Cursor(json: "{}"),
            record: RejectedRecord(recordID: nil, code: "c", reason: "r", payload: []), state: .waiting, at: .epoch)
        let audit = AuditEntry(
            at: .epoch, by: Principal("ada"), action: "hold", subject: "git/commits", reason: "", outcome: "Done.",
            isRefused: false,
            correlation: "c")
        let quota = QuotaStatus(id: QuotaID(identity: "i", bucket: "b"), sources: ["git"])
        let breaker = BreakerStatus(source: "git", endpoint: "log", position: .open)
        let hold = Hold(by: Principal("ada"), reason: "r", since: .epoch)
        let row = TombstoneRow(finding: 1, table: "commits", id: "1", label: nil, deletedAt: nil)
        let member = EngineMember(id: "h", host: "", pid: 0, version: "1", startedAt: .epoch, seenAt: .epoch)
        let shapes: [(any Encodable, String)] = [
            (
                JSONObject(statusOf: overview, problems: 0, isRunning: false),
                "alerts as_of engine engines jobs problems records_per_second"
            ),
            (JSONObject(homeOf: overview, problems: 0, isRunning: false), "jobs limits status"),
            (
                JSONObject(overview.engine, isRunning: false),
                "holder is_running is_simulated reads receivers started_at store store_absence tenant trouble version"
            ),
            (JSONObject(ReadsStatus(location: "db")), "detour lag_seconds replica"),
            (JSONObject(hold), "by reason since"),
            (JSONObject(RecordCounts()), "extracted filtered inserted quarantined tombstoned unchanged updated"),
            (JSONObject(alert), "acknowledged_by because id job kind next next_at sentence severity since source"),
            (JSONObject(limitsOf: overview), "as_of breakers quotas"),
            (
                JSONObject(quota),
                "allowed_per_minute blocked_because blocked_until bucket identity limit remaining reserve resets_at sources spent_per_minute"
            ),
            (JSONObject(breaker), "because endpoint failures opened_at position probes_at source"),
            (
                JSONObject(checkpoint),
                "counts expected is_complete mode page_size pages partition run saved_at sequence watermark"
            ),
            (
                JSONObject(entry, withPayload: false),
                "at code id job partition payload reason record replays run state"
            ),
            (JSONObject(audit), "action at by correlation is_refused outcome reason sequence subject"),
            (
                JSONObject(CommandPreview(sentence: "s")),
                "consequences danger instead points records refused_because requests seconds sentence"
            ),
            (
                JSONObject(.accepted("Done."), isRunning: true, correlation: "c"),
                "correlation instead is_running outcome sentence"
            ),
            (JSONObject(finding), "at id is_held job known partition records state undone_at"),
            (JSONObject(row), "deleted_at id label table"),
            (JSONObject(jobsOf: overview), "as_of jobs"),
            (JSONObject(enginesOf: overview), "as_of engines"),
            (
                JSONObject(member, in: overview),
                "ended_at host id pid records_per_second requests_per_second runs seen_at started_at state taken trouble "
                    + "version"
            ),
        ]
        for (shape, keys) in shapes { #expect(try Self.keys(shape) == keys, "\(type(of: shape))") }
        #expect(
            try JSONText.line(JSONObject(hold)) == #"{"by":"ada","reason":"r","since":"1970-01-01T00:00:00Z"}"# + "\n")
        let status = try JSONText.line(JSONObject(overview.engine, isRunning: false))
        #expect(status.contains(#""holder":null"#) && status.contains(#""is_running":false"#))
    }
}
