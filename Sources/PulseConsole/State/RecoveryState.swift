import PulseDomain
import PulseTerminal

/// The workbench of what went wrong with records: those that could not be loaded, and those that seem gone.
struct RecoveryState: Hashable, Sendable {
    enum Pane: Int, CaseIterable, Hashable, Sendable { case quarantine, findings }

    var pane = Pane.quarantine
    /// What is in quarantine, newest first.
    var all: [QuarantineEntry] = [] { didSet { narrow() } }
    /// The job whose records are shown; `nil`: those of all.
    var job: JobID? { didSet { if job != oldValue { narrow() } } }
    /// The records that are shown. Kept with their ids, because every event and every row asks for them.
    private(set) var entries: [QuarantineEntry] = []
    private(set) var ids: [Int64] = []
    var isLoaded = false
    var table = TableState<Int64>()
    /// What censuses found gone, newest first.
    var findings: [TombstoneFinding] = []
    var areFindingsLoaded = false
    var findingsTable = TableState<Int64>()
    /// Rows of findings that were looked at, the first of each.
    var rows: [Int64: [TombstoneRow]] = [:]

    private mutating func narrow() {
        entries = job.map { job in all.filter { $0.partition.job == job } } ?? all
        ids = entries.map(\.id)
    }

    /// At most so many rows of a finding are listed.
    static let rowLimit = 200

    /// The chosen finding; `nil` where none is, or the other list is shown.
    var finding: TombstoneFinding? {
        guard pane == .findings else { return nil }
        return findings.first { $0.id == findingsTable.selection }
    }

    /// Findings that wait for somebody.
    var heldCount: Int { findings.count { $0.state == .held } }
}
