/// Queries in Jira's language. Moments are bare numbers, epoch milliseconds: they have no time zone and are not rounded
/// to minutes, unlike dates, which are read in the zone of the calling user (FACTS §1.2, §2.1).
enum JQL {
    /// What changed in a project from `from` on and before `to`, oldest change first. Always bounded.
    static func changed(project: String, from: Int64, to: Int64?) -> String {
        var query = "project = \(quoted(project)) AND updated >= \(max(from, 0))"
        if let to { query += " AND updated < \(max(to, 0))" }
        return query + " ORDER BY updated ASC, key ASC"
    }

    /// All issues of a project in an order that changes do not disturb.
    static func all(project: String) -> String { "project = \(quoted(project)) ORDER BY key ASC" }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}
