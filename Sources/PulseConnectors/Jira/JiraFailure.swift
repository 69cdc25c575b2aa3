import PulseDomain
import PulseJSON

/// The failures of walks and pages; those that an answer tells are in ``JiraVerdict``.
enum JiraFailure {
    static func unknownStream(_ stream: StreamID) -> Failure {
        Failure(
            .ours, code: "jira.stream.unknown", "Jira has no stream called \(stream).",
            remedy: "Use one of projects, issue_types, statuses, issues, sprints, versions.")
    }

    static func unreadableCursor() -> Failure {
        Failure(
            .ours, code: "jira.cursor.unreadable", "The stored position of this walk cannot be read.",
            remedy: "Rewind the partition to an earlier checkpoint, or load it in full.")
    }

    /// What a body that is no JSON means: cut answers come again, others are a broken contract.
    static func unreadable(_ error: JSONError, _ what: String) -> Failure {
        switch error {
        case .empty, .truncated, .outOfMemory:
            Failure(.transient, code: "jira.\(error.code)", "\(what): \(error.sentence)", remedy: error.remedy)
        case .tooLarge:
            Failure(.pageTooHeavy, code: "jira.\(error.code)", "\(what): \(error.sentence)", remedy: error.remedy)
        case .notJSON, .tooDeep, .trailingContent, .malformed:
            Failure(.contractBroken, code: "jira.\(error.code)", "\(what): \(error.sentence)", remedy: error.remedy)
        }
    }

    static func unexpectedShape(_ what: String, missing: String) -> Failure {
        Failure(
            .contractBroken, code: "jira.page.shape", "\(what) has no \(missing), against its contract.",
            remedy: "Look at the kept raw page; a proxy or an add-on may have changed the answer.")
    }

    static func tokensRepeat(_ walk: String) -> Failure {
        Failure(
            .contractBroken, code: "jira.search.no_progress",
            "The search of \(walk) hands out page tokens that lead nowhere, also after starting anew.",
            remedy: "Resume the run later; if it stays so, report the kept raw pages to Atlassian.")
    }

    static func rowsKeepMoving(_ walk: String) -> Failure {
        Failure(
            .contractBroken, code: "jira.search.rows_move",
            "The search of \(walk) returns its rows in another order each time, so some could be missed.",
            remedy: "Resume the run when fewer changes are made, or have the search index of Jira rebuilt.")
    }

    static func projectWithoutKey() -> Failure {
        Failure(
            .ours, code: "jira.partition.no_key", "The issues of all projects at once cannot be loaded.",
            remedy: "Load one partition for each project.")
    }
}
