/// A view for analysts, declared once for every database: its definition in words is part of it.
struct AnalystView: Sendable {
    /// A column of a view.
    struct Column: Sendable {
        enum Kind: Sendable {
            case text, integer, real, boolean, instant
            /// A day: `date` in PostgreSQL, `yyyy-MM-dd` in SQLite.
            case date
        }

        let name: String
        let kind: Kind
        /// What it means, and what null means.
        let meaning: String

        static func text(_ name: String, _ meaning: String) -> Column {
            Column(name: name, kind: .text, meaning: meaning)
        }
        static func count(_ name: String, _ meaning: String) -> Column {
            Column(name: name, kind: .integer, meaning: meaning)
        }
        static func real(_ name: String, _ meaning: String) -> Column {
            Column(name: name, kind: .real, meaning: meaning)
        }
        static func flag(_ name: String, _ meaning: String) -> Column {
            Column(name: name, kind: .boolean, meaning: meaning)
        }
        static func instant(_ name: String, _ meaning: String) -> Column {
            Column(name: name, kind: .instant, meaning: meaning)
        }

        static let tenant = text("tenant", "Whose data it is.")
        static let source = text("source", "The configured source that it came from.")
        /// What begins the rows of a view by week.
        static let week: [Column] = [
            text("week", "The week as ISO 8601 writes it, such as 2026-W07; weeks are those of UTC."),
            Column(name: "week_begins_on", kind: .date, meaning: "The week's Monday."),
        ]
    }

    let name: String
    /// What a row is, and the definitions with their source.
    let meaning: String
    let columns: [Column]
    /// A query for the columns, instants as they are stored.
    let query: @Sendable (SQLDialect) -> String

    /// All of them.
    static let all: [AnalystView] = [
        workItemTimes, workItemStatusTimes, pullRequestPhases, deploymentOutcomes, doraByWeek, workItemThroughput,
        pullRequestThroughput,
    ]

    /// `CREATE VIEW` for SQLite, which keeps comments that stand inside it.
    var sqlite: String {
        let list = columns.enumerated().map { index, column in
            let comma = index == columns.count - 1 ? "" : ","
            let name = UnifiedTables.quoted(column.name)
            let value = column.kind == .instant ? "\(SQLDialect.sqlite.shown(name)) AS \(name)" : name
            return "    \(value)\(comma) -- \(column.meaning)\(Self.unit(of: column))"
        }
        return """
            CREATE VIEW \(UnifiedTables.quoted(name)) AS -- \(meaning)
            SELECT
            \(list.joined(separator: "\n"))
            FROM (
            \(query(.sqlite))
            ) AS answer
            """
    }

    /// `SELECT` for PostgreSQL; ``PostgresViews`` makes the view of it.
    var postgres: String {
        let list = columns.map { UnifiedTables.quoted($0.name) }.joined(separator: ", ")
        return "SELECT \(list) FROM (\n\(query(.postgres))\n) AS answer"
    }

    private static func unit(of column: Column) -> String {
        switch column.kind {
        case .instant: " ISO 8601, UTC."
        case .boolean: " 0 or 1."
        case .date: " yyyy-MM-dd."
        case .text, .integer, .real: ""
        }
    }
}
