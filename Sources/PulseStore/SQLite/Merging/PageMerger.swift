import GRDB
import PulseDomain

/// Merges the contents of pages of one source within one transaction, and what follows from them: aliases of moved
/// items, rows that are gone from their owners, links.
final class PageMerger {
    private let db: Database
    private let context: MergeContext
    private var mergers: [TableName: TableMerger] = [:]
    private var childSets: [TableName: ChildSets] = [:]
    private let session: SQLiteSession
    private lazy var tombstones = Tombstones(db: session, tenant: context.tenant)
    /// Keys whose item or link changed: links that tell them are to be resolved anew.
    private var touchedKeys: Set<String> = []

    init(_ session: SQLiteSession, context: MergeContext) {
        self.session = session
        db = session.db
        self.context = context
    }

    /// Merges one page.
    ///
    /// - Parameter onFirstChange: called once when something of the page is about to stay in the store.
    /// - Returns: what became of the page's records; throws `StoreError.inconsistent` when they do not add up.
    func merge(_ content: PageContent, page: Int64?, onFirstChange: () -> Void) throws -> RecordCounts {
        var records = RecordOutcomes(count: content.extracted)
        var refusedOwners: Set<RowReference> = []
        var hasChanged = false
        for batch in content.batches where !batch.isEmpty {
            let merger = try merger(of: batch.table)
            try merger.setPage(page)
            let width = batch.table.columns.count
            try batch.cells.withUnsafeBufferPointer { cells in
                try batch.arena.withUnsafeBytes { arena in
                    for row in batch.records.indices {
                        let own = UnsafeBufferPointer(rebasing: cells[row * width..<(row + 1) * width])
                        guard own[0].kind == .text else {
                            throw StoreError.inconsistent("a row of \(batch.table.name) has no id")
                        }
                        let outcome = try merger.merge(own, arena: arena)
                        if outcome == .inserted || outcome == .updated {
                            if !hasChanged { onFirstChange() }
                            hasChanged = true
                            try follow(outcome, of: own, arena: arena, in: merger)
                        } else if outcome == .refused {
                            refusedOwners.insert(RowReference(batch.table.name, own[0].string(in: arena)))
                        }
                        try records.note(outcome, ofRecord: batch.records[row])
                    }
                }
            }
            try merger.unbind()
        }
        for set in content.childSets where try tombstoneMissing(of: set, refused: refusedOwners) {
            if !hasChanged { onFirstChange() }
            hasChanged = true
            if let record = content.record(of: set) { try records.note(.updated, ofRecord: record, isMain: false) }
        }
        return try records.counts(of: content)
    }

    /// To be called when every page is merged: fills the links.
    func finish() throws {
        try LinkResolver(db: db, tenant: context.tenant).resolve(touchedKeys)
        touchedKeys = []
    }

    private func merger(of table: Table) throws -> TableMerger {
        if let merger = mergers[table.name] { return merger }
        // The caller's `Table` may be any value with this name: what is declared counts.
        guard let declared = UnifiedSchema.table(table.name), declared.columns == table.columns else {
            throw StoreError.inconsistent("there is no table \(table.name) with these columns")
        }
        let merger = try TableMerger(declared, db: db, context: context)
        mergers[table.name] = merger
        return merger
    }

    /// What follows from a row that was written.
    private func follow(
        _ outcome: RowOutcome, of cells: UnsafeBufferPointer<RowCell>, arena: UnsafeRawBufferPointer,
        in merger: TableMerger
    ) throws {
        if let finding = merger.formerFinding {
            touchedKeys.formUnion(
                try tombstones.reviveOwned(
                    by: cells[0].string(in: arena), in: merger.table, source: context.source, finding: finding))
        }
        switch merger.table.name {
        case WorkItemColumns.table:
            let key = cells[WorkItemColumns.key.rawValue].string(in: arena)
            touchedKeys.insert(key)
            if let former = merger.formerKey, former != key {
                touchedKeys.insert(former)
                try session.addAlias(former, of: cells[0].string(in: arena), context)
            }
        case WorkItemAliasColumns.table: touchedKeys.insert(cells[0].string(in: arena))
        case WorkItemPullRequestColumns.table:
            touchedKeys.insert(cells[WorkItemPullRequestColumns.key.rawValue].string(in: arena))
        case WorkItemCommitColumns.table:
            touchedKeys.insert(cells[WorkItemCommitColumns.key.rawValue].string(in: arena))
        default: break
        }
    }

    private func childSets(of table: Table) throws -> ChildSets {
        if let known = childSets[table.name] { return known }
        let newestPage: Int64? = if case .historical(let page) = context.kind { page } else { nil }
        let made = try ChildSets(of: table, context, newestPage: newestPage, db: db, session: session)
        childSets[table.name] = made
        return made
    }

    /// Whether rows of the set's owner were there that the set no longer lists.
    private func tombstoneMissing(of set: ChildSet, refused: Set<RowReference>) throws -> Bool {
        guard let table = UnifiedSchema.table(set.table), let owner = table.owner else {
            throw StoreError.inconsistent("\(set.table) is no table whose rows have owners")
        }
        // A set that came with an outdated owner is outdated too.
        if let owning = table.columns[owner].refersTo, refused.contains(RowReference(owning, set.owner)) {
            return false
        }
        guard let touched = try childSets(of: table).tombstoneMissing(of: set, at: context.now) else { return false }
        touchedKeys.formUnion(touched)
        return true
    }
}
