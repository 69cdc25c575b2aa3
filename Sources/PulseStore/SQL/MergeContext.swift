import PulseDomain

/// What became of a row.
enum RowOutcome: Sendable {
    case inserted, updated, unchanged
    /// A newer version is there already.
    case refused
}

/// How what is merged relates to what is there.
enum MergeKind: Sendable, Equatable {
    /// The newest that is known: it revives what was found gone.
    case live
    /// Made anew from a page that was fetched earlier, `nil` when it is not kept. It neither revives nor replaces what
    /// came from a later page.
    case historical(page: Int64?)
}

/// What every row of a transaction carries.
package struct MergeContext {
    let tenant: TenantID
    let source: SourceID
    let run: RunID
    let now: Instant
    let keepsVersions: Bool
    let kind: MergeKind
}
