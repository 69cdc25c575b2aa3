import GRDB
import PulseDomain

/// Fills the derived columns of links: which work item a key means.
///
/// The answer depends only on what is in the store, so the order in which items and links arrive does not matter: the
/// item that has the key today, else the one that had it before it was moved; of several, that of the first source.
struct LinkResolver {
    let db: Database
    let tenant: TenantID

    private static let tables = [WorkItemPullRequestColumns.table, WorkItemCommitColumns.table]

    /// The plus signs keep SQLite from walking through the primary key for the sake of its order.
    static let item = """
        SELECT source, id FROM work_items WHERE tenant = ?1 AND key = ?2 AND deleted_at IS NULL
        ORDER BY +source, +id LIMIT 1
        """
    static let alias = """
        SELECT work_items.source, work_items.id FROM work_item_aliases AS aliases
        CROSS JOIN work_items ON work_items.tenant = ?1 AND work_items.source = aliases.source
            AND work_items.id = aliases.work_item_id AND work_items.deleted_at IS NULL
        WHERE aliases.tenant = ?1 AND aliases.id = ?2 AND aliases.deleted_at IS NULL
        ORDER BY +work_items.source, +work_items.id LIMIT 1
        """

    /// Looks up the keys and renews every link that tells one of them.
    func resolve(_ keys: Set<String>) throws {
        guard !keys.isEmpty else { return }
        let links = try Self.tables.map { table in
            (
                exists: try statement("SELECT 1 FROM \(table) WHERE tenant = ?1 AND key = ?2 LIMIT 1"),
                update: try statement(
                    """
                    UPDATE \(table) SET work_item_source = ?3, work_item_id = ?4
                    WHERE tenant = ?1 AND key = ?2 AND (work_item_source, work_item_id) IS NOT (?3, ?4)
                    """)
            )
        }
        let item = try statement(Self.item)
        let alias = try statement(Self.alias)
        for key in keys {
            let told = try links.filter { try first($0.exists, key) { _ in true } ?? false }
            guard !told.isEmpty else { continue }
            let found = try first(item, key, reading: Self.row) ?? first(alias, key, reading: Self.row)
            for (_, update) in told {
                try update.bind(2, copying: key)
                if let found {
                    try update.bind(3, copying: found.source)
                    try update.bind(4, copying: found.id)
                } else {
                    try update.bindNull(3)
                    try update.bindNull(4)
                }
                _ = try update.run()
            }
        }
    }

    private static func row(_ statement: PreparedStatement) -> (source: String, id: String) {
        (statement.text(0), statement.text(1))
    }

    private func statement(_ sql: String) throws -> PreparedStatement {
        let statement = try PreparedStatement(db, sql)
        try statement.bind(1, copying: tenant.rawValue)
        return statement
    }

    private func first<Value>(
        _ statement: PreparedStatement, _ key: String, reading: (PreparedStatement) -> Value
    ) throws -> Value? {
        try statement.bind(2, copying: key)
        defer { statement.reset() }
        return try statement.step() ? reading(statement) : nil
    }
}
