/// The numbered changes of Pulse's own tables in PostgreSQL, in their order. What was released is not edited: a change is
/// one more at the end.
///
/// The unified tables, the views and what analysts may see are data, and are compared by what declares them.
enum PostgresMigrations {
    struct Migration: Sendable {
        /// What it does, a sentence.
        let what: String
        let sql: String
        /// The tables that it adds: each has a column `tenant`.
        let tables: [String]
    }

    static let all = [
        Migration(what: "Pulse's own tables are made.", sql: PostgresOwnTables.first, tables: PostgresOwnTables.names),
        Migration(
            what: "Engines are known by name, and log lines tell whose they are.",
            sql: PostgresEngineTables.declaration, tables: PostgresEngineTables.names),
        Migration(
            what: "Raw pages, former versions of rows and the ledger of quotas are partitioned by time.",
            sql: PostgresPartitioning.partitions, tables: [PostgresPartitioning.retention]),
        Migration(
            what: "Messages about alerts are on their way to receivers.", sql: PostgresDeliveryTables.declaration,
            tables: PostgresDeliveryTables.names),
        Migration(
            what: "It is kept which tenants were removed.", sql: PostgresRemovals.declaration,
            tables: PostgresRemovals.names),
    ]

    /// The tables that migrations made.
    static var tables: [String] { all.flatMap(\.tables) }
}
