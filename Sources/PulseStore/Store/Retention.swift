import PulseDomain

/// A table that grows with time and not with what is at the sources.
package enum RetainedTable: String, Sendable, Hashable, CaseIterable {
    case rawPages = "raw_pages"
    case rowVersions = "row_versions"
    case ledger = "quota_ledger"

    /// The column that tells how old a row is.
    var time: String {
        switch self {
        case .rawPages: "fetched_at"
        case .rowVersions: "replaced_at"
        case .ledger: "at"
        }
    }
}

/// How long a tenant keeps what grows for ever; `nil`: for ever.
package struct Retention: Sendable, Hashable {
    /// The providers' answers.
    package var rawPages: Duration?
    /// What changed rows were before.
    package var rowVersions: Duration?
    /// What requests had spent of quotas.
    package var ledger: Duration?
    /// Where partitions stood, and runs that changed nothing.
    package var history: Duration?

    package init(
        rawPages: Duration? = .days(7), rowVersions: Duration? = .days(365), ledger: Duration? = .days(90),
        history: Duration? = .days(90)
    ) {
        self.rawPages = rawPages
        self.rowVersions = rowVersions
        self.ledger = ledger
        self.history = history
    }

    package subscript(_ table: RetainedTable) -> Duration? {
        switch table {
        case .rawPages: rawPages
        case .rowVersions: rowVersions
        case .ledger: ledger
        }
    }
}
