/// The few pieces of SQL that the analysts' views write differently for each database.
///
/// Everything else is common: SQLite 3.37 (whose files are `STRICT`) and PostgreSQL 15 both take it.
enum SQLDialect: Sendable, CaseIterable {
    case sqlite, postgres

    /// Microseconds between two instants; null when one is not known or the end is before the beginning.
    func span(_ begin: String, _ end: String) -> String {
        switch self {
        case .sqlite: "CASE WHEN \(end) >= \(begin) THEN \(end) - \(begin) END"
        case .postgres:
            "CASE WHEN \(end) >= \(begin) THEN CAST(extract(epoch FROM \(end) - \(begin)) * 1000000 AS bigint) END"
        }
    }

    /// Hours between two instants, as ``span(_:_:)``.
    func hours(_ begin: String, _ end: String) -> String { Self.hours(span(begin, end)) }

    /// Microseconds as hours.
    static func hours(_ microseconds: String) -> String {
        "CAST(\(microseconds) AS double precision) / 3600000000.0"
    }

    /// The Monday (UTC) of the week that an instant is in.
    func monday(of instant: String) -> String {
        switch self {
        case .sqlite: "date(\(instant) / 1000000, 'unixepoch', 'weekday 0', '-6 days')"
        case .postgres: "CAST(date_trunc('week', \(instant) AT TIME ZONE 'UTC') AS date)"
        }
    }

    /// A week as ISO 8601 writes it: `2026-W07`. The year is that of its Thursday.
    func isoWeek(ofMonday monday: String) -> String {
        switch self {
        case .sqlite:
            """
            strftime('%Y', \(monday), '+3 days') || '-W' \
            || substr('0' || ((strftime('%j', \(monday), '+3 days') - 1) / 7 + 1), -2)
            """
        case .postgres: "to_char(\(monday), 'IYYY-\"W\"IW')"
        }
    }

    /// An instant as people read it.
    func shown(_ instant: String) -> String {
        switch self {
        case .sqlite: "strftime('%Y-%m-%dT%H:%M:%fZ', \(instant) / 1000000.0, 'unixepoch')"
        case .postgres: instant
        }
    }

    /// The median of what is known of `value` in `rows`, for each combination of `keys`; no row where nothing is known.
    static func median(of value: String, in rows: String, by keys: [String]) -> String {
        let list = keys.joined(separator: ", ")
        return """
            SELECT \(list), avg(\(value)) AS \(value) FROM (
                SELECT \(list), \(value),
                    row_number() OVER (PARTITION BY \(list) ORDER BY \(value)) AS place,
                    count(*) OVER (PARTITION BY \(list)) AS places
                FROM \(rows) WHERE \(value) IS NOT NULL
            ) AS ranked
            WHERE place IN ((places + 1) / 2, (places + 2) / 2) GROUP BY \(list)
            """
    }
}
