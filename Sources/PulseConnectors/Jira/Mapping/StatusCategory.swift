import PulseJSON

/// Jira's status categories in the words of the unified schema.
enum StatusCategory {
    /// `status` is the status object of an issue or of the catalogue. Categories are told by fixed keys and ids; their
    /// names are translated and their colours are free.
    static func name(of status: JSONValue) -> String {
        let category = status["statusCategory"]
        let key = category["key"]
        if key.isString("new") { return "todo" }
        if key.isString("indeterminate") { return "in_progress" }
        if key.isString("done") { return "done" }
        return switch category["id"].lenientInteger {
        case 2: "todo"
        case 4: "in_progress"
        case 3: "done"
        default: "unknown"
        }
    }
}
