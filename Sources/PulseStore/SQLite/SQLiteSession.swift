import Foundation
import GRDB
import PulseDomain

/// A transaction or snapshot of SQLite.
struct SQLiteSession: SQLSession {
    let db: Database
    /// Time since an arbitrary start.
    let stopwatch: @Sendable () -> Duration

    @discardableResult
    func run(_ sql: String, _ arguments: SQLArguments) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: Self.bound(arguments))
        return db.changesCount
    }

    func rows(_ sql: String, _ arguments: SQLArguments) throws -> [SQLRow] {
        let statement = try db.cachedStatement(sql: sql)
        let columns = SQLRow.Columns(statement.columnNames)
        return try Row.fetchAll(statement, arguments: Self.bound(arguments)).map { row in
            SQLRow(columns, row.databaseValues.map(SQLValue.init))
        }
    }

    /// A transaction that writes holds back all others from its begin.
    func heldFence(of run: RunID, _ tenant: TenantID) throws -> Int64? {
        try value("SELECT fence FROM runs WHERE tenant = ? AND id = ?", [tenant.rawValue, run.rawValue])
    }

    func awaitCommits(of run: RunID, _ tenant: TenantID) {}
    // A transaction that writes is alone, and so is the process.
    func takeTurns(at name: String, of tenant: TenantID) throws {}
    func clockShift(_ now: Instant) throws -> Duration { .zero }
    var skipLocked: String { "" }
    var instantType: String { "INTEGER" }
    func noteChange(of job: JobID, _ tenant: TenantID) throws {}

    /// Every tenant counts by itself.
    func nextNumber(_ name: NumberName, of tenant: TenantID, count: Int) throws -> Int64 {
        let last: Int64? = try value(
            """
            INSERT INTO counters (tenant, name, value) VALUES (?1, ?2, ?3)
            ON CONFLICT (tenant, name) DO UPDATE SET value = value + ?3 RETURNING value
            """, [tenant.rawValue, name.rawValue, count])
        guard let last else { throw StoredValueError(description: "counter \(name)") }
        return last - Int64(count) + 1
    }

    /// A page on which nothing was written is not kept: the rows are still those that an earlier page made.
    func load(_ pages: [LoadedPage], _ keeping: PageKeeping, _ context: MergeContext) throws -> LoadOutcome {
        let merger = PageMerger(self, context: context)
        let compressor = keeping.compressor
        let raw = RawPages(db: self, tenant: context.tenant)
        var counts = RecordCounts()
        var nextPage = try raw.firstFreeID()
        for (index, page) in pages.enumerated() {
            let id = compressor == nil ? nil : nextPage
            var isKept = false
            let keep = {
                guard id != nil, !isKept else { return }
                isKept = true
                compressor?.begin(from: index)
            }
            counts += try merger.merge(page.content, page: id, onFirstChange: keep)
            try QuarantineWriter(db: self, tenant: context.tenant).add(
                page.content.rejected, from: page.raw, pageID: id, run: context.run, at: context.now,
                onFirstChange: keep)
            guard let id, let compressor else { continue }
            if isKept {
                try raw.add(page.raw, id: id, body: compressor.body(of: index), run: context.run)
                nextPage += 1
            } else {
                compressor.skip(index)
            }
        }
        let began = stopwatch()
        try merger.finish()
        let indexing = stopwatch() - began
        if compressor != nil { try raw.setFirstFreeID(nextPage) }
        return LoadOutcome(counts: counts, indexing: indexing)
    }

    func merge(_ content: PageContent, page: Int64?, _ context: MergeContext) throws -> RecordCounts {
        let merger = PageMerger(self, context: context)
        let counts = try merger.merge(content, page: page, onFirstChange: {})
        try merger.finish()
        return counts
    }

    func resolveLinks(to keys: Set<String>, of tenant: TenantID) throws {
        try LinkResolver(db: db, tenant: tenant).resolve(keys)
    }

    func addCensus(_ ids: [String], of partition: PartitionID, walk: Int64) throws {
        let insert = try PreparedStatement(
            db,
            """
            INSERT INTO census_ids (tenant, job, partition, walk, row_id) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO NOTHING
            """)
        try insert.bind(1, copying: partition.tenant.rawValue)
        try insert.bind(2, copying: partition.job.rawValue)
        try insert.bind(3, copying: partition.key.rawValue)
        try insert.bind(4, walk)
        for id in ids {
            try insert.bind(5, copying: id)
            _ = try insert.run()
        }
    }

    private static func bound(_ arguments: SQLArguments) -> StatementArguments {
        StatementArguments(arguments.map { ($0?.sqlValue ?? .null).databaseValue })
    }
}

extension SQLValue {
    /// Booleans are 0 and 1, instants microseconds.
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .boolean(let flag): (flag ? 1 : 0).databaseValue
        case .integer(let integer): integer.databaseValue
        case .real(let real): real.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        case .instant(let instant): instant.microseconds.databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let integer): self = .integer(integer)
        case .double(let real): self = .real(real)
        case .string(let text): self = .text(text)
        case .blob(let bytes): self = .bytes([UInt8](bytes))
        }
    }
}
