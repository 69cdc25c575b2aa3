package import PulseDomain

/// A part of a list that is held in memory as a whole.
package struct ListPart: Sendable, Hashable {
    package var limit: Int
    /// The key of the last item of the part before.
    package var after: String?

    package init(limit: Int = 100, after: String? = nil) {
        self.limit = limit
        self.after = after
    }
}

/// A request that ``Operations`` answer: what a client means and a server understands, with its one form on the wire.
package enum OperationsCall: Sendable, Hashable {
    case overview
    case engine
    case jobs(ListPart)
    case job(JobID)
    case checkpoints(CheckpointFilter)
    case runs(RunFilter)
    case quotas(ListPart)
    case breakers(ListPart)
    case alerts(ListPart)
    case sources(ListPart)
    case throughput(ListPart)
    case quarantine(QuarantineFilter)
    case quarantineEntry(Int64)
    case tombstones(TombstoneFilter)
    case tombstoneRows(Int64, after: TombstoneRow.Position?, limit: Int)
    case logs(JobID?, after: Int64?, limit: Int)
    case audit(ListPart)
    case tables(ListPart)
    case rows(RowFilter)
    case preview(Command)
    case perform(Command, reason: String)

    /// Whether it changes something.
    package var isCommand: Bool { if case .perform = self { true } else { false } }
}
