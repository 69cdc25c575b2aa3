import PulseDomain
import PulsePostgres

/// Moves what a tenant has in an SQLite file into PostgreSQL: every table, with the numbers that go on from there.
///
/// Rows are committed in chunks, each with the note of how far the copy is, so one that was killed goes on where it
/// ended. At the end every table is read back and compared. Nothing else may use the source meanwhile.
package struct StoreCopy: Sendable {
    /// How far it is.
    package struct Progress: Sendable, Hashable {
        /// The table under way.
        package var table: String
        package var copied: Int
        package var total: Int
        /// Whether the rows are there and are being compared.
        package var isComparing = false
    }

    /// What came of a table.
    package struct Outcome: Sendable, Hashable {
        package var table: String
        package var sourceRows: Int
        package var targetRows: Int
        package var isSame: Bool
    }

    package struct Report: Sendable, Hashable {
        package var tables: [Outcome]
        /// Whether the copy was complete before, and was only compared.
        package var wasComplete: Bool
        /// Whether an interrupted copy was gone on with.
        package var wasResumed: Bool

        package var isSame: Bool { tables.allSatisfy(\.isSame) }
    }

    private let source: SQLiteStore
    private let target: PostgresStore
    private let chunk: Int

    /// Both of the same tenant.
    ///
    /// - Parameter chunk: Rows that are committed together.
    package init(from source: SQLiteStore, to target: PostgresStore, chunk: Int = 2_000) {
        precondition(source.tenant == target.tenant, "a copy is of one tenant")
        self.source = source
        self.target = target
        self.chunk = chunk
    }

    /// How many rows of its tenant a copy has brought that is under way or was interrupted; `nil` where there is none. What
    /// is there until it is done is no whole: references lead nowhere, and runs are missing.
    package static func unfinishedRows(in store: any Store) async throws -> Int? {
        let state: CopyState? = try StoredValue.value(json: try await store.note(CopiedTable.note))
        return state.flatMap { $0.isDone ? nil : $0.rows }
    }

    /// Whether rows of a table are copied; what engines know of each other only while they run is not.
    package static func isCopied(_ table: String) -> Bool {
        table != "tenants"
            && (PostgresOwnTables.names.contains(table) || UnifiedSchema.tables.contains { $0.name.rawValue == table })
    }

    /// Copies what is not there yet and compares everything. Throws `StoreCopyError` when the target is not the copy's
    /// own; other errors leave what was committed, and the next call goes on from there.
    ///
    /// - Parameters:
    ///   - restarting: Removes what an unfinished copy left, and begins again.
    ///   - change: Who copies: told in the source's audit before a copy begins, and so in the target's.
    package func run(
        restarting: Bool = false, as change: AdministrativeChange? = nil,
        progress: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Report {
        let tables = try await CopiedTable.all(of: source, to: target, chunk: chunk)
        let rows = CopiedRows(source: source, target: target)
        var mark = try await SourceMark.of(source)
        var found = try await rows.state()
        if restarting, let unfinished = found {
            guard !unfinished.isDone else { throw StoreCopyError.finished(target.location) }
            try await rows.removeAll(of: tables)
            found = nil
        }
        if let found {
            guard found.source.firstRun == mark.firstRun else { throw StoreCopyError.otherSource(target.location) }
            guard found.isDone || found.source == mark else { throw StoreCopyError.sourceChanged(target.location) }
        } else {
            for table in tables {
                let held = try await rows.count(of: table, in: target)
                guard held == 0 else {
                    throw StoreCopyError.targetHolds(target.location, rows: held, table: table.name)
                }
            }
            if let change {
                let outcome = "\(source.tenant) is copied to \(target.location)."
                _ = try await source.appendAudit(change.entry("copy_store", source.tenant.rawValue, outcome))
                mark = try await SourceMark.of(source)
            }
        }
        var state = found ?? CopyState(source: mark)
        let wasComplete = state.isDone
        if !wasComplete { try await copy(tables, rows, &state, progress) }
        return Report(
            tables: try await compare(tables, rows, state, isNew: !wasComplete, progress), wasComplete: wasComplete,
            wasResumed: found != nil && !wasComplete)
    }

    private func copy(
        _ tables: [CopiedTable], _ rows: CopiedRows, _ state: inout CopyState, _ progress: @Sendable (Progress) -> Void
    ) async throws {
        var total = 0
        for table in tables { total += try await rows.count(of: table, in: source) }
        for table in tables where state.finished[table.name] == nil {
            var part = CopyState.Table(name: table.name)
            if let current = state.current, current.name == table.name { part = current }
            while true {
                let chunk = try await rows.chunk(of: table, after: part.after)
                guard let last = chunk.last else { break }
                progress(Progress(table: table.name, copied: state.rows, total: total))
                for row in chunk { part.sum.add(row.values, of: table.columns) }
                part.after = last.key
                state.current = part
                try await rows.add(chunk.map(\.values), to: table, state)
                if chunk.count < table.chunk { break }
            }
            state.current = nil
            state.finished[table.name] = part.sum
            try await rows.finish(table, state)
        }
        try await rows.advanceNumbers()
        state.isDone = true
        try await rows.save(state)
    }

    /// What was read from the source is known of a copy that was just made; otherwise it is read again.
    private func compare(
        _ tables: [CopiedTable], _ rows: CopiedRows, _ state: CopyState, isNew: Bool,
        _ progress: @Sendable (Progress) -> Void
    ) async throws -> [Outcome] {
        var outcomes: [Outcome] = []
        var compared = 0
        for table in tables {
            progress(Progress(table: table.name, copied: compared, total: state.rows, isComparing: true))
            let known = isNew ? state.finished[table.name] : nil
            let sum =
                if let known { known } else { try await rows.sumOfSource(table) }
            let there = try await rows.sumOfTarget(table)
            outcomes.append(
                Outcome(table: table.name, sourceRows: sum.rows, targetRows: there.rows, isSame: sum == there))
            compared += there.rows
        }
        return outcomes
    }
}
