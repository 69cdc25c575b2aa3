import GRDB
import PulseDomain

/// Brings a database to the schema that this Pulse knows. Migrations are numbered and append-only.
enum Migrations {
    /// `PRAGMA application_id` of Pulse's files: "PLSE". `file` and sqlite's `magic.txt` name it.
    static let applicationID: Int32 = 0x504C_5345
    /// The number of migrations, kept as `PRAGMA user_version`.
    static let version = Int32(all.count)
    /// What was released is not edited: changes are migrations of their own.
    static let all = [
        OwnTables.first, OwnTables.second, OwnTables.engines, OwnTables.ages, OwnTables.deliveries, OwnTables.removals,
    ]

    /// Carries out what is missing, each migration in a transaction of its own.
    ///
    /// - Parameter last: The last one that is carried out; less than all of them in tests only.
    static func migrate(_ writer: any DatabaseWriter, upTo last: Int = all.count) throws {
        var migrator = DatabaseMigrator()
        for (index, sql) in all.prefix(last).enumerated() {
            migrator.registerMigration("\(index + 1)") { db in
                try db.execute(sql: sql)
                try db.execute(sql: "PRAGMA user_version = \(index + 1)")
            }
        }
        func version() throws -> Int32 { try writer.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") ?? 0 } }
        while true {
            let before = try version()
            do {
                try migrator.migrate(writer)
                break
            } catch {
                // What is missing is read before the file is locked: another process may have been quicker.
                guard try version() > before else { throw error }
            }
        }
        let missing = try writer.read(missingUnifiedParts)
        if !missing.isEmpty {
            try writer.write { db in
                // Another process may have been quicker.
                for sql in try missingUnifiedParts(db) { try db.execute(sql: sql) }
            }
        }
    }

    /// The unified tables and the views are data, so they have no migrations: what is declared and not there is added, nothing is
    /// taken away. Reading first keeps an ordinary start from waiting for another process that writes.
    private static func missingUnifiedParts(_ db: Database) throws -> [String] {
        var names: [String: String] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL") {
            names[row["name"]] = row["sql"]
        }
        var statements: [String] = []
        for table in UnifiedSchema.tables {
            if names[table.name.rawValue] == nil {
                statements.append(UnifiedTables.declaration(of: table))
            } else {
                let found = try Set(
                    String.fetchAll(
                        db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table.name.rawValue]))
                for column in table.columns where !found.contains(column.name) {
                    statements.append(UnifiedTables.addition(of: column, to: table))
                }
            }
            for index in UnifiedTables.indexes(of: table) where names[index.name] == nil {
                statements.append(index.sql)
            }
        }
        let views =
            UnifiedSchema.tables.map(UnifiedTables.view) + AnalystView.all.map { (name: $0.name, sql: $0.sqlite) }
        for view in views where names[view.name] != view.sql {
            if names[view.name] != nil { statements.append("DROP VIEW \(UnifiedTables.quoted(view.name))") }
            statements.append(view.sql)
        }
        return statements
    }
}
