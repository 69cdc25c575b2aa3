import GRDB
import PulseDomain

/// Merges rows of one table within one transaction.
final class TableMerger {
    let table: Table
    private let context: MergeContext
    /// Positions of columns that connectors fill, in the order of parameters (1-based) and of `existing`'s columns.
    private let positions: [Int]
    /// For each of them whether it holds text.
    private let isText: [Bool]
    private let insert: PreparedStatement
    private let existing: PreparedStatement
    private let update: PreparedStatement
    private let revive: PreparedStatement
    private let keep: PreparedStatement
    private let pageParameter: Int32
    /// Whether the row before was there already: then this one probably is too, and looking first costs less than a
    /// refused insertion.
    private var expectsExisting = false

    /// Which row was replaced or revived last, for what follows from it.
    private(set) var formerKey: String?
    private(set) var formerFinding: Int64?

    init(_ table: Table, db: Database, context: MergeContext) throws {
        self.table = table
        self.context = context
        let sql = MergeStatements.of(table)
        positions = sql.positions
        isText = positions.map { table.columns[$0].type == .text || table.columns[$0].type == .json }
        insert = try PreparedStatement(db, sql.insert)
        existing = try PreparedStatement(db, sql.existing)
        update = try PreparedStatement(db, sql.update)
        revive = try PreparedStatement(db, sql.revive)
        keep = try PreparedStatement(db, sql.keep)
        let count = Int32(positions.count)
        pageParameter = count + 4
        for statement in [insert, update] {
            try statement.bind(count + 1, copying: context.tenant.rawValue)
            try statement.bind(count + 2, copying: context.source.rawValue)
            try statement.bind(count + 3, context.run.rawValue)
            try statement.bind(count + 5, context.now.microseconds)
        }
        for statement in [existing, revive, keep] {
            try statement.bind(1, copying: context.tenant.rawValue)
            try statement.bind(2, copying: context.source.rawValue)
        }
        for statement in [revive, keep] {
            try statement.bind(4, context.run.rawValue)
            try statement.bind(5, context.now.microseconds)
        }
    }

    /// Says which page the rows that follow came from.
    func setPage(_ page: Int64?) throws {
        for (statement, parameter) in [(insert, pageParameter), (update, pageParameter), (revive, 6)] {
            if let page { try statement.bind(parameter, page) } else { try statement.bindNull(parameter) }
        }
    }

    /// Forgets the bytes that were bound: they are about to go.
    func unbind() throws {
        for index in positions.indices {
            try insert.bindNull(Int32(index) + 1)
            try update.bindNull(Int32(index) + 1)
        }
        for statement in [existing, revive, keep] { try statement.bindNull(3) }
    }

    /// Merges the row whose cells begin at `cells`.
    func merge(_ cells: UnsafeBufferPointer<RowCell>, arena: UnsafeRawBufferPointer) throws -> RowOutcome {
        formerKey = nil
        formerFinding = nil
        if !expectsExisting {
            if try insertNew(cells, arena) { return .inserted }
            expectsExisting = true
        }
        try existing.bind(3, unowned: cells[0].bytes(in: arena))
        if try existing.step() {
            defer { existing.reset() }
            return try replace(cells, arena)
        }
        expectsExisting = false
        guard try insertNew(cells, arena) else {
            throw StoreError.inconsistent("a row of \(table.name) is there and not there")
        }
        return .inserted
    }

    private func insertNew(_ cells: UnsafeBufferPointer<RowCell>, _ arena: UnsafeRawBufferPointer) throws -> Bool {
        try bind(cells, arena, to: insert)
        return try insert.run() == 1
    }

    /// `existing` stands on the row that is there.
    private func replace(_ cells: UnsafeBufferPointer<RowCell>, _ arena: UnsafeRawBufferPointer) throws -> RowOutcome {
        let deletedAt = Int32(positions.count)
        let isGone = !existing.isNull(deletedAt)
        if case .historical(let page) = context.kind {
            if isGone { return .refused }
            if let page, !existing.isNull(deletedAt + 2), existing.integer(deletedAt + 2) > page { return .refused }
        }
        let isOlder = isOlder(cells)
        let isSame = isOlder || holds(cells, arena)
        guard isGone || !isSame else { return isOlder ? .refused : .unchanged }
        if isGone, !existing.isNull(deletedAt + 1) { formerFinding = existing.integer(deletedAt + 1) }
        if table.name == WorkItemColumns.table, !isSame {
            formerKey = existing.text(Int32(WorkItemColumns.key.rawValue))
        }
        // A cursor that still reads the row would have to be saved by every change.
        existing.reset()
        guard !isSame else {
            try revive.bind(3, unowned: cells[0].bytes(in: arena))
            _ = try revive.run()
            return .updated
        }
        if context.keepsVersions {
            try keep.bind(3, unowned: cells[0].bytes(in: arena))
            _ = try keep.run()
        }
        try bind(cells, arena, to: update)
        _ = try update.run()
        return .updated
    }

    private func isOlder(_ cells: UnsafeBufferPointer<RowCell>) -> Bool {
        guard let version = table.version, cells[version].kind == .integer,
            let column = positions.firstIndex(of: version).map(Int32.init), !existing.isNull(column)
        else { return false }
        return existing.integer(column) > Int64(bitPattern: cells[version].word)
    }

    private func holds(_ cells: UnsafeBufferPointer<RowCell>, _ arena: UnsafeRawBufferPointer) -> Bool {
        for index in positions.indices
        where !existing.column(Int32(index), holds: cells[positions[index]], in: arena) {
            return false
        }
        return true
    }

    private func bind(
        _ cells: UnsafeBufferPointer<RowCell>, _ arena: UnsafeRawBufferPointer, to statement: PreparedStatement
    ) throws {
        for index in positions.indices {
            let cell = cells[positions[index]]
            let parameter = Int32(truncatingIfNeeded: index) + 1
            switch cell.kind {
            case .null: try statement.bindNull(parameter)
            case .text where isText[index]: try statement.bind(parameter, unowned: cell.bytes(in: arena))
            case .integer where !isText[index]: try statement.bind(parameter, Int64(bitPattern: cell.word))
            case .real where !isText[index]: try statement.bind(parameter, Double(bitPattern: cell.word))
            case .text, .integer, .real:
                let column = table.columns[positions[index]]
                throw StoreError.inconsistent(
                    "\(table.name).\(column.name) was given \(cell.kind) and is of type \(column.type.rawValue)")
            }
        }
    }
}
