package import PulseDomain
package import PulsePostgres

/// What an operator configured, checked and complete.
package struct Configuration: Sendable, Hashable {
    package var tenant: TenantID
    /// `nil`: the default, in the user's data folder.
    package var store: StoreReference?
    package var sources: [SourceConfiguration]
    package var engine: EngineOptions
    package var notify = NotifyOptions()
    /// Name of a theme, or a path; `nil`: the default.
    package var theme: String?
    /// PEM file of certificates that are trusted besides the system's; `nil`: only those.
    package var caFile: String?
    /// Only some of the operator's jobs are meant.
    package var isPartial = false

    package init(
        tenant: TenantID = "local", store: StoreReference? = nil, sources: [SourceConfiguration] = [],
        engine: EngineOptions = EngineOptions(), theme: String? = nil
    ) {
        self.tenant = tenant
        self.store = store
        self.sources = sources
        self.engine = engine
        self.theme = theme
    }
}

/// Which database.
package enum StoreReference: Sendable, Hashable {
    /// An absolute path.
    case sqlite(path: String)
    /// A database that engines share.
    case postgres(PostgresSettings)

    /// Whether any number of engines may work on it.
    package var isShared: Bool { if case .postgres = self { true } else { false } }

    /// For people, without a password.
    package var location: String {
        switch self {
        case .sqlite(let path): path
        case .postgres(let settings): settings.location
        }
    }
}

/// What can be set about the engine.
package struct EngineOptions: Sendable, Hashable {
    /// Runs side by side, 1 to 64.
    package var concurrentRuns = 6
    /// How long raw pages are kept; `nil`: none are.
    package var rawPages: Duration? = .days(7)
    /// Whether former versions of changed rows are kept.
    package var rowVersions = true
    /// How long former versions are kept; `nil`: for ever.
    package var rowVersionAge: Duration? = .days(365)
    /// How long it is kept what requests spent of quotas; `nil`: for ever.
    package var ledger: Duration? = .days(90)
    /// How long checkpoints are kept, and runs that changed nothing; `nil`: for ever.
    package var history: Duration? = .days(90)
    /// The share of rows (0 to 1) above which a census asks before it marks rows as deleted.
    package var holdTombstonesAbove = 0.2
    /// Records that are committed together, about.
    package var batchRecords = 1_000

    package init() {}
}
