/// The one control plane: what the console and the command line drive, whichever placement the engine has (DESIGN §1).
///
/// Reads never change anything. Reads throw `Failure` when the store or the link fails. Cancelling a read leaves
/// nothing behind; cancelling ``perform(_:)`` leaves the command either accepted or never seen.
package protocol Operations: Sendable {
    /// Everything that the home screen shows, as of one moment.
    func overview() async throws -> Overview

    /// What changes from now on. Ends when the engine or the link ends. Buffered by the implementation; a reader that
    /// falls behind gets ``OperationsEvent/gap`` and asks for an overview again.
    func events() async throws -> AsyncStream<OperationsEvent>

    func jobDetail(_ job: JobID) async throws -> JobDetail

    /// What a command would cost and undo. Sends no request to a provider.
    func preview(_ command: Command) async throws -> CommandPreview

    /// Carries a command out, or refuses it with the reason and the nearest thing that is possible. Audited either way.
    func perform(_ request: CommandRequest) async throws -> CommandReceipt

    /// A job's (or partition's) checkpoints, newest first.
    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint]

    /// Runs, newest first. The last one's id is the next page's ``RunFilter/before``.
    func runs(_ filter: RunFilter) async throws -> [JobRun]

    /// Quarantined records, newest first.
    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry]

    /// What censuses found gone, newest first. The last one's id is the next page's ``TombstoneFilter/before``.
    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding]

    /// The rows of a finding, after `position`; at most `limit`. Empty when there is no such finding or it was taken
    /// back.
    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]

    /// Log lines after `sequence` (or the newest ones when `nil`), oldest first.
    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine]

    /// Who did what, newest first; only entries older than the one of the sequence `before`, if one is given.
    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry]

    /// The configured sources, by name.
    func sources() async throws -> [SourceStatus]

    /// The tables of the unified schema, in the order of their declaration. Counts every row: seconds on a large store.
    func tables() async throws -> [TableStatus]

    /// Rows of a unified table, by source and id.
    func rows(_ filter: RowFilter) async throws -> [DataRow]
}

extension Operations {
    /// The newest checkpoints of a job (or partition).
    package func checkpoints(of job: JobID, partition: PartitionKey?, limit: Int) async throws -> [Checkpoint] {
        try await checkpoints(CheckpointFilter(job: job, partition: partition, limit: limit))
    }

    /// The newest entries.
    package func audit(limit: Int) async throws -> [AuditEntry] { try await audit(before: nil, limit: limit) }
}

/// What happened, as the console and the command line hear it.
package enum OperationsEvent: Sendable, Hashable, Codable {
    case job(JobStatus)
    case quota(QuotaStatus)
    case breaker(BreakerStatus)
    /// The complete list of present alerts.
    case alerts([Alert])
    case throughput(ThroughputSample)
    case log(LogLine)
    case engine(EngineStatus)
    /// The complete list of engines on the store.
    case engines([EngineMember])
    /// Events were lost: read the overview again.
    case gap
}

/// Everything that the home screen shows, as of one moment.
package struct Overview: Sendable, Hashable, Codable {
    package var asOf: Instant
    package var engine: EngineStatus
    package var jobs: [JobStatus]
    package var quotas: [QuotaStatus]
    package var breakers: [BreakerStatus]
    package var alerts: [Alert]
    /// One sample a second of the last minutes, oldest first.
    package var throughput: [ThroughputSample]
    /// The engines of the store, those that ended lately among them.
    package var engines: [EngineMember]

    package init(
        asOf: Instant, engine: EngineStatus, jobs: [JobStatus] = [], quotas: [QuotaStatus] = [],
        breakers: [BreakerStatus] = [], alerts: [Alert] = [], throughput: [ThroughputSample] = [],
        engines: [EngineMember] = []
    ) {
        self.asOf = asOf
        self.engine = engine
        self.jobs = jobs
        self.quotas = quotas
        self.breakers = breakers
        self.alerts = alerts
        self.throughput = throughput
        self.engines = engines
    }
}

/// The engine as a whole.
package struct EngineStatus: Sendable, Hashable, Codable {
    /// The engine that answers, or who holds the store: `build-7 4711`.
    package var holder: String
    /// The machine that it runs on; empty where that does not matter.
    package var host = ""
    /// Its process there; 0 where that does not matter.
    package var pid = 0
    /// What it runs on: `demo`, a tenant's name.
    package var tenant: TenantID
    /// The store as it may be shown: `sqlite:/home/ada/.local/share/pulse/pulse.db`, without passwords.
    package var store: String
    package var version: String
    package var startedAt: Instant
    /// How much faster than the wall the engine's clock runs; 1 but in the demo.
    package var clockRate: Double
    /// Whether sources are simulated.
    package var isSimulated: Bool
    /// What keeps the engine from working, as a sentence; `nil` when nothing does.
    package var trouble: String?
    /// Where what is only looked at is read; `nil` where there is no replica for it.
    package var reads: ReadsStatus?
    /// That the store does not answer, or did not until a moment ago; `nil` otherwise.
    package var absence: StoreAbsence?
    /// Who is told of alerts, and how that goes, as the engine that leads knows it; `nil` where nobody is told.
    package var receivers: [ReceiverStatus]?

    package init(
        holder: String, tenant: TenantID, store: String, version: String, startedAt: Instant, clockRate: Double = 1,
        isSimulated: Bool = false, trouble: String? = nil
    ) {
        self.holder = holder
        self.tenant = tenant
        self.store = store
        self.version = version
        self.startedAt = startedAt
        self.clockRate = clockRate
        self.isSimulated = isSimulated
        self.trouble = trouble
    }
}

/// What was done in one second.
package struct ThroughputSample: Sendable, Hashable, Codable {
    package var at: Instant
    /// Records loaded.
    package var records: Int
    /// Requests answered.
    package var requests: Int
    /// Bytes received, decoded.
    package var bytes: Int

    package init(at: Instant, records: Int = 0, requests: Int = 0, bytes: Int = 0) {
        self.at = at
        self.records = records
        self.requests = requests
        self.bytes = bytes
    }
}

/// How important a log line is.
package enum LogLevel: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case debug, info, notice, warning, error

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// One line of the engine's log. The message is a constant sentence; facts are in `facts`.
package struct LogLine: Sendable, Hashable, Codable {
    /// Grows with every line of a store.
    package var sequence: Int64
    package var at: Instant
    package var level: LogLevel
    /// The engine that wrote it, or whose silence it tells of; `nil` of what commands wrote, and in what an older Pulse
    /// left.
    package var engine: String?
    package var job: JobID?
    package var partition: PartitionKey?
    package var message: String
    /// `name=value` facts in a fixed order, without secrets.
    package var facts: [Fact]
    package var correlation: CorrelationID?

    package struct Fact: Sendable, Hashable, Codable {
        package var name: String
        package var value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        sequence: Int64 = 0, at: Instant, level: LogLevel, engine: String? = nil, job: JobID? = nil,
        partition: PartitionKey? = nil, message: String, facts: [Fact] = [], correlation: CorrelationID? = nil
    ) {
        self.sequence = sequence
        self.at = at
        self.level = level
        self.engine = engine
        self.job = job
        self.partition = partition
        self.message = message
        self.facts = facts
        self.correlation = correlation
    }
}

/// One entry of the audit: a command (carried out or refused) or an automatic act.
package struct AuditEntry: Sendable, Hashable, Codable {
    package var sequence: Int64
    package var at: Instant
    package var by: Principal
    /// `pause`, `resume`, `tombstone` and so on.
    package var action: String
    /// What it was done to: a job, a partition, a quarantine entry.
    package var subject: String
    package var reason: String
    /// What came of it, as a sentence.
    package var outcome: String
    package var isRefused: Bool
    package var correlation: CorrelationID

    package init(
        sequence: Int64 = 0, at: Instant, by: Principal, action: String, subject: String, reason: String,
        outcome: String, isRefused: Bool, correlation: CorrelationID
    ) {
        self.sequence = sequence
        self.at = at
        self.by = by
        self.action = action
        self.subject = subject
        self.reason = reason
        self.outcome = outcome
        self.isRefused = isRefused
        self.correlation = correlation
    }
}
