import PulseDomain

/// What both ends say first. Its shape stays what it is in every later protocol, so that a mismatch can be told.
struct Greeting: Codable, Hashable, Sendable {
    var `protocol`: Int
    /// The version of Pulse, for people.
    var version: String

    /// The protocol of this build: grows whenever a message, or a value of ``Operations`` in one, changes its shape.
    static let currentProtocol = 5

    init(version: String, protocol: Int = currentProtocol) {
        self.protocol = `protocol`
        self.version = version
    }
}

/// What a client sends.
enum ClientMessage: Codable, Hashable, Sendable {
    case hello(Greeting)
    /// `id` is the client's own, never used twice on a connection.
    case call(id: Int, Request)
    /// Nobody waits for the answer (or listens to the stream) any more. Commands go on.
    case cancel(id: Int)
}

/// A call of ``Operations``.
enum Request: Codable, Hashable, Sendable {
    case overview
    case events
    case jobDetail(JobID)
    case preview(Command)
    case perform(CommandRequest)
    case checkpoints(CheckpointFilter)
    case runs(RunFilter)
    case quarantine(QuarantineFilter)
    case tombstones(TombstoneFilter)
    case tombstoneRows(Int64, after: TombstoneRow.Position?, limit: Int)
    case logs(JobID?, after: Int64?, limit: Int)
    case audit(before: Int64?, limit: Int)
    case sources
    case tables
    case rows(RowFilter)

    /// Whether it changes something, and so is carried to its end when nobody waits for it any more.
    var isCommand: Bool {
        if case .perform = self { return true }
        return false
    }
}

/// What a server sends.
enum ServerMessage: Codable, Hashable, Sendable {
    case hello(Greeting)
    /// The link ends, and why.
    case refused(Failure)
    case answer(id: Int, Answer)
    case failed(id: Int, Failure)
    case event(id: Int, OperationsEvent)
    /// The event stream is over.
    case ended(id: Int)
}

/// The value of a call of ``Operations``.
enum Answer: Codable, Hashable, Sendable {
    case overview(Overview)
    /// Events follow under the call's id.
    case listening
    case jobDetail(JobDetail)
    case preview(CommandPreview)
    case receipt(CommandReceipt)
    case checkpoints([Checkpoint])
    case runs([JobRun])
    case quarantine([QuarantineOnWire])
    case tombstones([TombstoneFinding])
    case tombstoneRows([TombstoneRow])
    case logs([LogLine])
    case audit([AuditEntry])
    case sources([SourceStatus])
    case tables([TableStatus])
    case rows([DataRow])
}
