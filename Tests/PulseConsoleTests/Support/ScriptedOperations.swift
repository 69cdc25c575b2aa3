import PulseDomain
import Synchronization

/// An engine that plays a scene: answers what it was told to, and remembers what was asked.
final class ScriptedOperations: Operations {
    struct Contents {
        var overview: Overview
        var requests: [CommandRequest] = []
        var continuations: [AsyncStream<OperationsEvent>.Continuation] = []
        /// How many reads of the log still fail.
        var failingLogReads = 0
    }

    let contents: Mutex<Contents>
    private let advance: @Sendable () -> Instant

    init(_ overview: Overview, now: @escaping @Sendable () -> Instant = { Scene.moment }) {
        contents = Mutex(Contents(overview: overview))
        advance = now
    }

    /// Plays another scene from now on.
    func play(_ overview: Overview) { contents.withLock { $0.overview = overview } }

    func send(_ event: OperationsEvent) {
        let continuations = contents.withLock { contents in
            if case .job(let status) = event,
                let index = contents.overview.jobs.firstIndex(where: { $0.id == status.id })
            {
                contents.overview.jobs[index] = status
            }
            return contents.continuations
        }
        for continuation in continuations { continuation.yield(event) }
    }

    func overview() async throws -> Overview { contents.withLock { $0.overview } }

    func events() async throws -> AsyncStream<OperationsEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: OperationsEvent.self)
        contents.withLock { $0.continuations.append(continuation) }
        return stream
    }

    func jobDetail(_ job: JobID) async throws -> JobDetail {
        var detail = Scene.detail(of: job, at: advance())
        if let status = contents.withLock({ $0.overview.jobs.first { $0.id == job } }) { detail.status = status }
        return detail
    }

    func preview(_ command: Command) async throws -> CommandPreview { Self.preview(command) }

    static func preview(_ command: Command) -> CommandPreview {
        switch command {
        case .start(let job, .full):
            CommandPreview(
                sentence: "Everything of \(job) is read again; rows that did not change stay as they are.",
                consequences: ["The run takes 2,010 points of the quota graphql, which others share."], records: 20_100,
                requests: 201, points: 2_010, duration: .seconds(1_020), danger: .disruptive)
        case .start(let job, _):
            CommandPreview(
                sentence: "\(job) loads what changed since 14:00.", records: 340, requests: 4, points: 40,
                duration: .seconds(12))
        case .rewind(_, let key, let sequence):
            CommandPreview(
                sentence: "\(key) goes back to checkpoint \(sequence).",
                consequences: ["1,830 records are read again.", "11 later checkpoints are given up."], records: 1_830,
                requests: 19, duration: .seconds(40), danger: .destructive)
        case .pause(let job, _), .pauseUntilQuotaResets(let job):
            CommandPreview(
                sentence: "\(job) pauses at the next page boundary; what is loaded stays.",
                consequences: ["jira-cloud/sprints waits for it."], danger: .disruptive)
        case .resume:
            CommandPreview(
                sentence: "", refusal: .init(because: "The run is under way already.", instead: "Pause or stop it."))
        case .acknowledge: CommandPreview(sentence: "Others see that you have seen it.")
        default:
            CommandPreview(sentence: "The engine would \(command.name).", danger: .disruptive)
        }
    }

    func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        contents.withLock { $0.requests.append(request) }
        return .accepted("The command \(request.command.name) is accepted; it takes effect at the next page boundary.")
    }

    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        Scene.detail(of: filter.job, at: advance()).checkpoints
    }

    // No screen asks for these.
    func runs(_ filter: RunFilter) async throws -> [JobRun] { [] }
    func sources() async throws -> [SourceStatus] { [] }

    func tables() async throws -> [TableStatus] { Scene.tables() }
    func rows(_ filter: RowFilter) async throws -> [DataRow] { Scene.rows(filter) }

    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] { Scene.quarantine(at: advance()) }

    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] { Scene.tombstones(at: advance()) }

    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    { Scene.tombstoneRows(of: finding, at: advance()) }

    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        let isFailing = contents.withLock { contents in
            defer { contents.failingLogReads = max(0, contents.failingLogReads - 1) }
            return contents.failingLogReads > 0
        }
        if isFailing {
            throw Failure(.transient, code: "cut", "The connection was cut.", remedy: "It is tried again.")
        }
        return Scene.detail(of: "jira-cloud/issues", at: advance()).logs
    }

    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] { Scene.audit(at: advance()) }
}

extension Scene {
    static func quarantine(at now: Instant = Scene.moment) -> [QuarantineEntry] {
        (0..<5).map { index in
            let payload =
                "{\"id\":\"1004\(index)\",\"key\":\"PAY-\(index)\",\"fields\":{\"summary\":\"Refund fails\",\"created\":\"not a date\"}}"
            return QuarantineEntry(
                id: Int64(900 + index),
                partition: PartitionID(tenant: "acme", source: "jira-cloud", stream: "issues", key: "PAY"),
                run: RunID(812),
                cursor: Cursor(json: "{}"),
                record: RejectedRecord(
                    recordID: "PAY-\(index)", code: "jira.issue.bad_date",
                    reason: "The field created holds \"not a date\", which is no time.", payload: Array(payload.utf8)),
                at: now - .minutes(index * 7 + 1), replays: index % 2)
        }
    }

    static func tombstones(at now: Instant = Scene.moment) -> [TombstoneFinding] {
        let partition = PartitionID(tenant: "acme", source: "jira-cloud", stream: "issues", key: "PAY")
        return [
            TombstoneFinding(
                id: 12, partition: partition, run: RunID(813),
                scope: CensusScope(table: "work_items", column: "project_id", value: "10000"), records: 1_410,
                known: 1_830, at: now - .minutes(12), isHeld: true),
            TombstoneFinding(
                id: 11, partition: partition, run: RunID(790),
                scope: CensusScope(table: "work_items", column: "project_id", value: "10000"), records: 2,
                known: 1_832, at: now - .hours(26), isHeld: false),
        ]
    }

    static func tombstoneRows(of finding: Int64, at now: Instant = Scene.moment) -> [TombstoneRow] {
        (0..<2).map { index in
            TombstoneRow(
                finding: finding, table: "work_items", id: "1004\(index)", label: "PAY-\(index)",
                deletedAt: finding == 11 ? now - .hours(26) : nil)
        }
    }

    static func audit(at now: Instant = Scene.moment) -> [AuditEntry] {
        [
            AuditEntry(
                sequence: 3, at: now - .minutes(4), by: Principal("ada"), action: "start",
                subject: "github-oss/commits",
                reason: "history was rewritten", outcome: "Accepted: run 813.", isRefused: false, correlation: "c3"),
            AuditEntry(
                sequence: 2, at: now - .minutes(40), by: Principal("grace"), action: "pause",
                subject: "jira-cloud/worklogs",
                reason: "month-end closing", outcome: "Paused at the next page boundary.", isRefused: false,
                correlation: "c2"),
            AuditEntry(
                sequence: 1, at: now - .hours(30), by: Principal("ada"), action: "resume", subject: "jira-dc/issues",
                reason: "",
                outcome: "The run waits and goes on by itself.", isRefused: true, correlation: "c1"),
        ]
    }
}
