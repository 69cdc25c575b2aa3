import PulseDomain
import PulsePostgres
import PulseStore
import Testing

/// What a subject left in its database.
struct LoadedStore {
    /// The unified tables as text, without what tells when and by which page a row was written.
    var tables: [TableName: [String]] = [:]
    var runs: [StoredRun] = []
    var log: [LogLine] = []

    var rows: Int { tables.values.map(\.count).reduce(0, +) }

    /// How often a run was gone on with by another process.
    var resumptions: Int { runs.reduce(0) { $0 + $1.attempts - 1 } }

    static func read(_ database: String) async throws -> LoadedStore {
        let store: any Store =
            PostgresSettings.isConnectionString(database)
            ? try await PostgresStore.open(PostgresSettings(connection: database), tenant: "demo")
            : try await SQLiteStore.open(.file(database), tenant: "demo")
        var loaded = LoadedStore()
        for table in UnifiedSchema.tables { loaded.tables[table.name] = try await lines(of: table, in: store) }
        loaded.runs = try await store.runs(of: nil, limit: 1_000)
        loaded.log = try await store.logs(job: nil, after: nil, limit: 10_000)
        #expect(try await store.check() == [])
        await store.close()
        return loaded
    }

    private static func lines(of table: Table, in store: any Store) async throws -> [String] {
        var (lines, after): ([String], RowID?) = ([], nil)
        let left = Set(["page_id", "loaded_at", "run_id"])
        let kept = (table.columns + Table.provenance).enumerated().filter { !left.contains($0.element.name) }
            .map(\.offset)
        while true {
            let rows = try await store.rows(of: table.name, includingDeleted: true, after: after, limit: 5_000)
            lines += rows.map { row in kept.map { "\(row[$0])" }.joined(separator: "|") }
            guard rows.count == 5_000, let last = rows.last, case .text(let id) = last[0],
                case .text(let source) = last[table.columns.count + 1]
            else { return lines }
            after = RowID(source: SourceID(source), id: id)
        }
    }

    /// That it holds what an undisturbed run leaves, and that every record is accounted for.
    func expectSame(as calm: LoadedStore, _ comment: Comment) {
        for table in UnifiedSchema.tables {
            #expect(tables[table.name] == calm.tables[table.name], "\(table.name) \(comment)")
        }
        for run in runs { #expect(run.counts.isBalanced && run.state.name == .succeeded, "\(run) \(comment)") }
    }

    /// That every run was carried through in place, with the counts of an undisturbed one.
    func expectInPlace(as calm: LoadedStore, _ comment: Comment) {
        let failures = log.filter { $0.level == .error && $0.job != nil }
        #expect(failures.map { "\($0.message) \($0.facts.map(\.value))" } == [], comment)
        #expect(runs.map(\.attempts) == runs.map { _ in 1 }, comment)
        let counts = Dictionary(runs.map { ($0.job, $0.counts) }) { first, _ in first }
        #expect(counts == Dictionary(calm.runs.map { ($0.job, $0.counts) }) { first, _ in first }, comment)
    }
}
