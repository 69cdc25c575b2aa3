import PulseDomain
import PulsePostgres

/// Merges pages within one transaction, a table at a time, and what follows from them: aliases of moved items, rows that
/// are gone from their owners, links.
final class PostgresMerger {
    private let session: PostgresSession
    private let context: MergeContext
    /// Tables whose rows are inserted without being looked for.
    private let expectedNew: Set<TableName>
    private lazy var tombstones = Tombstones(db: session, tenant: context.tenant)
    private var touched = TouchedKeys()
    private var rows = PageBatches([])
    /// What became of each row, by batch.
    private var outcomes: [[RowOutcome]] = []
    /// Rows that came outdated, by page.
    private var refused: [Int: Set<RowReference>] = [:]
    /// Tables whose rows were compared or are new: those none of whose rows were there, and the others.
    private(set) var found: (new: Set<TableName>, others: Set<TableName>) = ([], [])

    /// A table that was expected to have none of the rows has one: nothing else can be said about the transaction.
    struct Known: Error { let table: TableName }

    init(_ session: PostgresSession, context: MergeContext, expectedNew: Set<TableName> = []) {
        self.session = session
        self.context = context
        self.expectedNew = expectedNew
    }

    /// Merges the pages; for each of them what became of its records, and whether something of it was written.
    func merge(_ pages: [PageContent], pageIDs: [Int64?]) throws -> [(counts: RecordCounts, hasChanged: Bool)] {
        rows = PageBatches(pages)
        outcomes = rows.batches.map { Array(repeating: .inserted, count: $0.count) }
        for (table, places) in try rows.places() { try merge(places, of: table, pageIDs) }
        let gone = try tombstoneMissing(pages)
        var first = 0
        return try pages.indices.map { page in
            defer { first += pages[page].batches.count }
            return try conclude(pages[page], firstBatch: first, gone[page] ?? [])
        }
    }

    /// To be called when every page is merged: fills the links.
    func finish() throws {
        try session.resolve(touched, of: context.tenant)
        touched = TouchedKeys()
    }

    // MARK: Rows

    /// Rows of one table. An id that comes again is merged after the rows before it, unless it brings the same.
    private func merge(_ all: [RowPlace], of table: Table, _ pageIDs: [Int64?]) throws {
        let rows = rows
        var known = RowsByID(rows, capacity: all.count)
        var waiting = all
        var round = 0
        while !waiting.isEmpty {
            round += 1
            var staged = StagedRows(table)
            var later: [RowPlace] = []
            for place in waiting {
                guard let (entry, isNew) = known.entry(of: place) else {
                    throw StoreError.inconsistent("a row of \(table.name) has no id")
                }
                if !isNew {
                    if known[entry].waiting == round {
                        later.append(place)
                        continue
                    } else if known.isSame(known[entry].last, place) {
                        known[entry].last = place
                        outcomes[place.batch][place.row] = .unchanged
                        continue
                    } else if known[entry].staged == round {
                        known[entry].waiting = round
                        later.append(place)
                        continue
                    }
                }
                known[entry].last = place
                known[entry].staged = round
                staged.add(place, from: rows)
                if staged.isFull {
                    try bring(staged, isFirst: round == 1, pageIDs)
                    staged = StagedRows(table)
                }
            }
            waiting = later
            if !staged.isEmpty { try bring(staged, isFirst: round == 1, pageIDs) }
        }
    }

    /// - Parameter isFirst: whether no row of these ids was in the transaction before.
    private func bring(_ staged: StagedRows, isFirst: Bool, _ pageIDs: [Int64?]) throws {
        let name = staged.table.name
        let values = try staged.parameters(from: rows, pageIDs: pageIDs)
        guard isFirst, expectedNew.contains(name) else {
            let hasOld = try merge(staged, values)
            guard isFirst else { return }
            if hasOld { found.others.insert(name) }
            if !found.others.contains(name) { found.new.insert(name) } else { found.new.remove(name) }
            return
        }
        do {
            try session.connection.query(PostgresMergeStatements.of(staged.table).insert, origin + values)
        } catch let error as PostgresError where error.state == "23505" {
            throw Known(table: name)
        }
        found.new.insert(name)
        if staged.table.hasKeys { for place in staged.places { try follow(place, of: staged.table) } }
    }

    /// Where rows of this transaction come from, as the first parameters of every statement.
    private var origin: [PostgresValue] {
        [
            .text(context.tenant.rawValue), .text(context.source.rawValue), .integer(context.run.rawValue),
            .instant(context.now.microseconds),
        ]
    }

    /// Compares the rows with what is there; whether any of them was.
    private func merge(_ staged: StagedRows, _ values: [PostgresValue]) throws -> Bool {
        var (isHistorical, newest): (Bool, Int64?) = (false, nil)
        if case .historical(let page) = context.kind { (isHistorical, newest) = (true, page) }
        let result = try session.connection.query(
            PostgresMergeStatements.of(staged.table).merge,
            origin + [.boolean(isHistorical), newest.map { .integer($0) } ?? .null, .boolean(context.keepsVersions)]
                + values, renewsPlan: true)
        guard case .text(let letters)? = try result.first?.value(1),
            letters.utf8.count == staged.places.count
        else { throw StoredValueError(description: "the outcomes of a merge") }
        var hasOld = false
        for (place, letter) in zip(staged.places, letters.utf8) {
            guard let outcome = PostgresMergeStatements.outcome(letter) else {
                throw StoredValueError(description: "an outcome of a merge")
            }
            if outcome != .inserted { hasOld = true }
            outcomes[place.batch][place.row] = outcome
        }
        var former: [Int: (finding: Int64?, key: String?)] = [:]
        for row in result.rows.dropFirst() {
            guard case .integer(let order) = try row.value(0) else { continue }
            var told: (finding: Int64?, key: String?)
            if case .integer(let finding) = try row.value(2) { told.finding = finding }
            if case .text(let key) = try row.value(3) { told.key = key }
            former[Int(order)] = told
        }
        for (order, place) in staged.places.enumerated() where hasOld || staged.table.hasKeys {
            try follow(
                place, of: staged.table, formerFinding: former[order]?.finding, formerKey: former[order]?.key)
        }
        return hasOld
    }

    // MARK: What follows from a row

    private func follow(
        _ place: RowPlace, of table: Table, formerFinding: Int64? = nil, formerKey: String? = nil
    ) throws {
        let outcome = outcomes[place.batch][place.row]
        guard outcome != .unchanged else { return }
        func text(_ column: Int) -> String { rows.string(place, column) }
        if outcome == .refused {
            refused[rows.pages[place.batch], default: []].insert(RowReference(table.name, text(0)))
            return
        }
        if let formerFinding {
            touched.items.formUnion(
                try tombstones.reviveOwned(by: text(0), in: table, source: context.source, finding: formerFinding))
        }
        switch table.name {
        case WorkItemColumns.table:
            let key = text(WorkItemColumns.key.rawValue)
            touched.items.insert(key)
            if let formerKey, formerKey != key {
                touched.items.insert(formerKey)
                try session.addAlias(formerKey, of: text(0), context)
            }
        case WorkItemAliasColumns.table: touched.items.insert(text(0))
        case WorkItemPullRequestColumns.table: touched.links.insert(text(WorkItemPullRequestColumns.key.rawValue))
        case WorkItemCommitColumns.table: touched.links.insert(text(WorkItemCommitColumns.key.rawValue))
        default: break
        }
    }

    // MARK: Records

    /// `firstBatch` is the position of the page's first batch, `gone` are the page's sets whose owners have lost rows.
    private func conclude(_ content: PageContent, firstBatch: Int, _ gone: [ChildSet]) throws
        -> (counts: RecordCounts, hasChanged: Bool)
    {
        var records = RecordOutcomes(count: content.extracted)
        var hasChanged = !gone.isEmpty
        for (number, batch) in content.batches.enumerated() {
            for row in batch.records.indices {
                let outcome = outcomes[firstBatch + number][row]
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
                self.touched.items.formUnion(touched)
                gone[page, default: []].append(set)
            }
        }
        return gone
    }

    /// The ids of rows that are there and that their owners do not list, by owner: one question for all owners.
    private func missing(from sets: [String: [String]], in table: Table, owner: Int) throws -> [String: [String]] {
        var newestPage: PostgresValue = .null
        if case .historical(let page?) = context.kind { newestPage = .integer(page) }
        var (owners, ids) = (PostgresArray(of: .text), PostgresArray(of: .text))
        for (owner, listed) in sets {
            for var id in listed {
                var owner = owner
                owner.withUTF8 { owners.append(bytes: UnsafeRawBufferPointer($0)) }
                id.withUTF8 { ids.append(bytes: UnsafeRawBufferPointer($0)) }
            }
        }
        let column = UnifiedTables.quoted(table.columns[owner].name)
        let result = try session.connection.query(
            """
            SELECT kept.id, kept.owner
            FROM (SELECT unnest($3::text[]) AS owner) AS told CROSS JOIN LATERAL (
                SELECT entry.id, entry.\(column) AS owner FROM \(UnifiedTables.quoted(table.name.rawValue)) AS entry
                WHERE entry.tenant = $1 AND entry.source = $2 AND entry.\(column) = told.owner
                    AND entry.deleted_at IS NULL
                    AND ($6::bigint IS NULL OR entry.page_id IS NULL OR entry.page_id <= $6) OFFSET 0
            ) AS kept
            WHERE (kept.owner, kept.id) NOT IN (SELECT unnest($4::text[]), unnest($5::text[]))
            ORDER BY kept.id
            """,
            [
                .text(context.tenant.rawValue), .text(context.source.rawValue), .array(PostgresArray(sets.keys)),
                .array(owners), .array(ids), newestPage,
            ], renewsPlan: true)
        var missing: [String: [String]] = [:]
        for row in result.rows {
            guard case .text(let id) = try row.value(0), case .text(let owner) = try row.value(1) else { continue }
            missing[owner, default: []].append(id)
        }
        return missing
    }
}

extension Table {
    /// Whether its rows tell keys of work items, present or former, or mention them.
    fileprivate var hasKeys: Bool {
        name == WorkItemColumns.table || name == WorkItemAliasColumns.table || isLink
    }
    fileprivate var isLink: Bool {
        name == WorkItemPullRequestColumns.table || name == WorkItemCommitColumns.table
    }
}
