import PulseDomain
import PulsePostgres

/// Merges pages within one transaction, a table at a time, and what follows from them: aliases of moved items, rows that
/// are gone from their owners, links.
final class PostgresMerger {
    private let session: PostgresSession
    private let context: MergeContext
    private lazy var tombstones = Tombstones(db: session, tenant: context.tenant)
    private var touchedKeys: Set<String> = []
    /// What became of each row; rows that are not named were inserted.
    private var outcomes: [RowPlace: RowOutcome] = [:]
    /// Rows that came outdated, by page.
    private var refused: [Int: Set<RowReference>] = [:]
    /// Tables whose staging table holds rows of this transaction.
    private var stagedTables: Set<TableName> = []

    init(_ session: PostgresSession, context: MergeContext) {
        self.session = session
        self.context = context
    }

    /// Merges the pages; for each of them what became of its records, and whether something of it was written.
    func merge(_ pages: [PageContent], pageIDs: [Int64?]) throws -> [(counts: RecordCounts, hasChanged: Bool)] {
        try mergeRows(pages, pageIDs: pageIDs)
        let gone = try tombstoneMissing(pages)
        return try pages.indices.map { try conclude(pages[$0], index: $0, gone[$0] ?? []) }
    }

    /// To be called when every page is merged: fills the links.
    func finish() throws {
        try session.resolveLinks(to: touchedKeys, of: context.tenant)
        touchedKeys = []
    }

    // MARK: Rows

    private func mergeRows(_ pages: [PageContent], pageIDs: [Int64?]) throws {
        var tables: [TableName] = []
        var places: [TableName: [RowPlace]] = [:]
        for (page, content) in pages.enumerated() {
            for (index, batch) in content.batches.enumerated() where !batch.isEmpty {
                if places[batch.table.name] == nil { tables.append(batch.table.name) }
                for row in batch.records.indices {
                    places[batch.table.name, default: []].append(RowPlace(page: page, batch: index, row: row))
                }
            }
        }
        for name in tables {
            guard let table = UnifiedSchema.table(name), let all = places[name] else {
                throw StoreError.inconsistent("there is no table \(name)")
            }
            for place in all where pages[place.page].batches[place.batch].table.columns != table.columns {
                throw StoreError.inconsistent("there is no table \(name) with these columns")
            }
            try merge(all, of: table, pages, pageIDs)
        }
    }

    /// Rows of one table. An id that comes again is merged after the rows before it, unless it brings the same.
    private func merge(_ all: [RowPlace], of table: Table, _ pages: [PageContent], _ pageIDs: [Int64?]) throws {
        var waiting = all
        var last: [String: RowPlace] = [:]
        while !waiting.isEmpty {
            var staged = StagedRows(table)
            var later: [RowPlace] = []
            var here: Set<String> = []
            for place in waiting {
                let batch = pages[place.page].batches[place.batch]
                let cell = batch.cell(row: place.row, column: 0)
                guard cell.kind == .text else { throw StoreError.inconsistent("a row of \(table.name) has no id") }
                let id = String(decoding: batch.text(of: cell), as: UTF8.self)
                if let former = last[id], Self.isSame(former, place, pages) {
                    outcomes[place] = .unchanged
                } else if here.contains(id) {
                    later.append(place)
                    continue
                } else {
                    here.insert(id)
                    staged.add(place)
                }
                last[id] = place
            }
            waiting = later
            if !staged.places.isEmpty { try merge(staged, pages, pageIDs) }
        }
    }

    private static func isSame(_ left: RowPlace, _ right: RowPlace, _ pages: [PageContent]) -> Bool {
        let (one, other) = (pages[left.page].batches[left.batch], pages[right.page].batches[right.batch])
        return one.table.columns.indices.allSatisfy { column in
            let (a, b) = (one.cell(row: left.row, column: column), other.cell(row: right.row, column: column))
            guard a.kind == b.kind else { return false }
            return a.kind == .text ? one.text(of: a).elementsEqual(other.text(of: b)) : a.word == b.word
        }
    }

    private func merge(_ staged: StagedRows, _ pages: [PageContent], _ pageIDs: [Int64?]) throws {
        let statements = PostgresMergeStatements.of(staged.table)
        let isFirst = stagedTables.insert(staged.table.name).inserted
        try session.connection.execute(isFirst ? statements.stage : statements.empty)
        try staged.copy(from: pages, pageIDs: pageIDs, through: session.connection)
        var (isHistorical, newest): (Bool, Int64?) = (false, nil)
        if case .historical(let page) = context.kind { (isHistorical, newest) = (true, page) }
        let result = try session.connection.query(
            statements.merge,
            [
                .text(context.tenant.rawValue), .text(context.source.rawValue), .integer(context.run.rawValue),
                .instant(context.now.microseconds), .boolean(isHistorical), newest.map { .integer($0) } ?? .null,
                .boolean(context.keepsVersions),
            ])
        var judged: Set<Int> = []
        for row in result.rows {
            guard case .integer(let order) = try row.value(0), case .text(let outcome) = try row.value(1) else {
                throw StoredValueError(description: "the outcome of a merge")
            }
            let place = staged.places[Int(order)]
            judged.insert(Int(order))
            switch outcome {
            case "updated": outcomes[place] = .updated
            case "refused": outcomes[place] = .refused
            default: outcomes[place] = .unchanged
            }
            var (finding, key): (Int64?, String?) = (nil, nil)
            if case .integer(let former) = try row.value(2) { finding = former }
            if case .text(let former) = try row.value(3) { key = former }
            try follow(place, of: staged.table, pages, outcome: outcomes[place], formerFinding: finding, formerKey: key)
        }
        for (order, place) in staged.places.enumerated() where !judged.contains(order) {
            try follow(place, of: staged.table, pages, outcome: .inserted, formerFinding: nil, formerKey: nil)
        }
    }

    // MARK: What follows from a row

    private func follow(
        _ place: RowPlace, of table: Table, _ pages: [PageContent], outcome: RowOutcome?, formerFinding: Int64?,
        formerKey: String?
    ) throws {
        let batch = pages[place.page].batches[place.batch]
        func text(_ column: Int) -> String {
            let cell = batch.cell(row: place.row, column: column)
            return cell.kind == .text ? String(decoding: batch.text(of: cell), as: UTF8.self) : ""
        }
        if outcome == .refused { refused[place.page, default: []].insert(RowReference(table.name, text(0))) }
        guard outcome == .inserted || outcome == .updated else { return }
        if let formerFinding {
            touchedKeys.formUnion(
                try tombstones.reviveOwned(by: text(0), in: table, source: context.source, finding: formerFinding))
        }
        switch table.name {
        case WorkItemColumns.table:
            let key = text(WorkItemColumns.key.rawValue)
            touchedKeys.insert(key)
            if let formerKey, formerKey != key {
                touchedKeys.insert(formerKey)
                try session.addAlias(formerKey, of: text(0), context)
            }
        case WorkItemAliasColumns.table: touchedKeys.insert(text(0))
        case WorkItemPullRequestColumns.table: touchedKeys.insert(text(WorkItemPullRequestColumns.key.rawValue))
        case WorkItemCommitColumns.table: touchedKeys.insert(text(WorkItemCommitColumns.key.rawValue))
        default: break
        }
    }

    // MARK: Records

    /// `gone` are the page's sets whose owners have lost rows.
    private func conclude(_ content: PageContent, index: Int, _ gone: [ChildSet]) throws
        -> (counts: RecordCounts, hasChanged: Bool)
    {
        var records = RecordOutcomes(count: content.extracted)
        var hasChanged = !gone.isEmpty
        for (number, batch) in content.batches.enumerated() {
            for row in batch.records.indices {
                let outcome = outcomes[RowPlace(page: index, batch: number, row: row)] ?? .inserted
                if outcome == .inserted || outcome == .updated { hasChanged = true }
                try records.note(outcome, ofRecord: batch.records[row])
            }
        }
        for set in gone {
            if let record = content.record(of: set) { try records.note(.updated, ofRecord: record, isMain: false) }
        }
        return (try records.counts(of: content), hasChanged)
    }

    // MARK: Rows that an owner no longer has

    /// Marks the rows that their owners no longer list; the sets that had such rows, by page.
    ///
    /// Of an owner that comes several times the last set counts: the rows of all pages are there already.
    private func tombstoneMissing(_ pages: [PageContent]) throws -> [Int: [ChildSet]] {
        var wanted: [TableName: [String: (page: Int, set: ChildSet)]] = [:]
        for (page, content) in pages.enumerated() {
            for set in content.childSets {
                guard let table = UnifiedSchema.table(set.table), let owner = table.owner else {
                    throw StoreError.inconsistent("\(set.table) is no table whose rows have owners")
                }
                // A set that came with an outdated owner is outdated too.
                if let owning = table.columns[owner].refersTo,
                    refused[page]?.contains(RowReference(owning, set.owner)) == true
                {
                    continue
                }
                wanted[set.table, default: [:]][set.owner] = (page, set)
            }
        }
        var gone: [Int: [ChildSet]] = [:]
        for table in UnifiedSchema.tables {
            guard let sets = wanted[table.name], let owner = table.owner else { continue }
            let missing = try missing(from: sets.mapValues(\.set.ids), in: table, owner: owner)
            for (id, missing) in missing.sorted(by: { $0.key < $1.key }) {
                let touched = try tombstones.mark(missing, in: table, source: context.source, at: context.now)
                guard let touched, let (page, set) = sets[id] else { continue }
                touchedKeys.formUnion(touched)
                gone[page, default: []].append(set)
            }
        }
        return gone
    }

    /// The ids of rows that are there and that their owners do not list, by owner: one question for all owners.
    private func missing(from sets: [String: [String]], in table: Table, owner: Int) throws -> [String: [String]] {
        var newestPage: Int64?
        if case .historical(let page) = context.kind { newestPage = page }
        let column = "entry.\(UnifiedTables.quoted(table.columns[owner].name))"
        let rows = try session.rows(
            """
            SELECT entry.id AS id, \(column) AS owner
            FROM jsonb_each(?3::jsonb) AS listed (owner, ids)
            JOIN \(UnifiedTables.quoted(table.name.rawValue)) AS entry
                ON entry.tenant = ?1 AND entry.source = ?2 AND \(column) = listed.owner
            WHERE entry.deleted_at IS NULL AND NOT jsonb_exists(listed.ids, entry.id)
                AND (?4::bigint IS NULL OR entry.page_id IS NULL OR entry.page_id <= ?4)
            ORDER BY entry.id
            """,
            [context.tenant.rawValue, context.source.rawValue, try StoredValue.json(sets), newestPage])
        return try Dictionary(grouping: rows) { try $0["owner"] as String }.mapValues { rows in
            try rows.map { try $0["id"] }
        }
    }
}

extension PostgresSession {
    /// A page on which nothing was written is not kept: the rows are still those that an earlier page made.
    func load(_ pages: [LoadedPage], _ keeping: PageKeeping, _ context: MergeContext) throws -> LoadOutcome {
        let compressor = keeping.compressor
        var ids: [Int64?] = pages.map { _ in nil }
        if compressor != nil, !pages.isEmpty {
            let first = try nextNumber(.rawPage, of: context.tenant, count: pages.count)
            ids = pages.indices.map { first + Int64($0) }
            compressor?.begin(from: 0)
        }
        let merger = PostgresMerger(self, context: context)
        let merged = try merger.merge(pages.map(\.content), pageIDs: ids)
        var counts = RecordCounts()
        let quarantine = QuarantineWriter(db: self, tenant: context.tenant)
        for (index, page) in pages.enumerated() {
            counts += merged[index].counts
            var isKept = merged[index].hasChanged
            try quarantine.add(
                page.content.rejected, from: page.raw, pageID: ids[index], run: context.run, at: context.now,
                onFirstChange: { isKept = true })
            guard let id = ids[index], let compressor else { continue }
            if isKept {
                try RawPages(db: self, tenant: context.tenant).add(
                    page.raw, id: id, body: compressor.body(of: index), run: context.run)
            } else {
                compressor.skip(index)
            }
        }
        let began = stopwatch()
        try merger.finish()
        return LoadOutcome(counts: counts, indexing: stopwatch() - began)
    }

    func merge(_ content: PageContent, page: Int64?, _ context: MergeContext) throws -> RecordCounts {
        let merger = PostgresMerger(self, context: context)
        let merged = try merger.merge([content], pageIDs: [page])
        try merger.finish()
        return merged[0].counts
    }
}
