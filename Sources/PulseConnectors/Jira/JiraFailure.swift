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
    static func unreadable(_ error: JSONError, _ what: String, endpoint: EndpointID? = nil) -> Failure {
        let kind: FailureClass =
            switch error {
            case .empty, .truncated, .outOfMemory: .transient
            case .tooLarge: .pageTooHeavy
            case .notJSON, .tooDeep, .trailingContent, .malformed: .contractBroken
            }
        return Failure(
            kind, code: "jira.\(error.code)", "\(what): \(error.sentence)", remedy: error.remedy, endpoint: endpoint)
    }

    static func unexpectedShape(_ what: String, missing: String) -> Failure {
        Failure(
            .contractBroken, code: "jira.page.shape", "\(what) has no \(missing), against its contract.",
            remedy: "Look at the kept raw page; a proxy or an add-on may have changed the answer.")
    }

    /// Why a search of Cloud leads nowhere.
    enum NoProgress {
        /// Tokens that came before, also after starting anew.
        case tokensRepeat
        case emptyPages(Int)
        /// A list of ids ends, and says that it goes on.
        case censusEnds
    }

    static func noProgress(_ reason: NoProgress, of walk: String) -> Failure {
        let sentence =
            switch reason {
            case .tokensRepeat:
                "The search of \(walk) hands out page tokens that lead nowhere, also after starting anew."
            case .emptyPages(let count):
                "The search of \(walk) answered with \(count) empty pages in a row, each of which promises more."
            case .censusEnds:
                "The list of the ids of \(walk) says that it goes on and hands out no page token to go on with."
            }
        return Failure(
            .contractBroken, code: "jira.search.no_progress", sentence,
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
