import PulseDomain
import PulseSandbox
import PulseStore

/// Holds tables against what the simulated world knows of itself.
enum TruthComparison {
    /// What differs, as sentences; empty when the tables hold everything that is there and nothing else. Records that
    /// changed after `settled` may differ: the search index may not know of them yet.
    static func differences(
        between store: any Store, and truth: GroundTruth, settled: Instant
    ) async throws -> [String] {
        var found: [String] = []
        let fresh = Set(truth.issues.filter { $0.value.updatedAt > settled }.keys)
        let freshPulls = Set(truth.pullRequests.filter { $0.value.updatedAt > settled }.keys)
        let items = try await Rows(store, WorkItemColumns.self, source: "jira-main")
        found += difference(
            "work_items", Set(items.byID.keys).subtracting(fresh), Set(truth.issues.keys).subtracting(fresh))
        for (id, issue) in truth.issues where !fresh.contains(id) {
            guard let row = items.byID[id] else { continue }
            let isSame =
                row.text(WorkItemColumns.key) == issue.key && row.text(WorkItemColumns.projectID) == issue.projectID
                && row.text(WorkItemColumns.status) == issue.status
                && row.text(WorkItemColumns.assigneeID) == issue.assigneeID
                && row.instant(WorkItemColumns.updatedAt) == issue.updatedAt
                && (issue.title == nil || row.text(WorkItemColumns.title) == issue.title)
            if !isSame { found.append("work item \(id) differs: \(row.values) is not \(issue)") }
        }
        let isOfFresh: (String?) -> Bool = { $0.map(fresh.contains) ?? false }
        found += try await children(store, WorkItemChangeColumns.self, .workItemID, truth.changes, isOfFresh, fresh)
        found += try await children(store, WorkItemCommentColumns.self, .workItemID, truth.comments, isOfFresh, fresh)
        found += try await children(store, WorklogColumns.self, .workItemID, truth.worklogs, isOfFresh, fresh)
        let aliases = try await Rows(store, WorkItemAliasColumns.self, source: "jira-main").byID
            .mapValues { $0.text(WorkItemAliasColumns.workItemID) ?? "" }.filter { !fresh.contains($0.value) }
        let moved = truth.aliases.filter { !fresh.contains($0.value) }
        if aliases != moved { found.append("aliases \(aliases) are not \(moved)") }
        let pulls = try await Rows(store, PullRequestColumns.self, source: "github")
        found += difference(
            "pull_requests", Set(pulls.byID.keys).subtracting(freshPulls),
            Set(truth.pullRequests.keys).subtracting(freshPulls))
        for (id, pull) in truth.pullRequests where !freshPulls.contains(id) {
            guard let row = pulls.byID[id] else { continue }
            if row.text(PullRequestColumns.state) != pull.state
                || row.instant(PullRequestColumns.updatedAt) != pull.updatedAt
                || row.text(PullRequestColumns.headCommitID) != pull.headCommit
            {
                found.append("pull request \(id) differs: \(row.values) is not \(pull)")
            }
        }
        let isOfFreshPull: (String?) -> Bool = { $0.map(freshPulls.contains) ?? false }
        found += try await children(
            store, PullRequestCommitColumns.self, .pullRequestID, truth.pullRequestCommits, isOfFreshPull, freshPulls)
        found += try await children(
            store, PullRequestReviewColumns.self, .pullRequestID, truth.reviews, isOfFreshPull, freshPulls)
        found += try await children(
            store, PullRequestCommentColumns.self, .pullRequestID, truth.pullRequestComments, isOfFreshPull, freshPulls)
        found += difference(
            "projects", Set(try await Rows(store, ProjectColumns.self, source: "jira-main").byID.keys), truth.projects)
        found += difference(
            "repositories", Set(try await Rows(store, RepositoryColumns.self, source: "github").byID.keys),
            Set(truth.repositories.keys))
        return found
    }

    /// Rows owned by a record that changed just now are left out on both sides, as far as ids tell.
    private static func children<Columns: TableColumns>(
        _ store: any Store, _ type: Columns.Type, _ owner: Columns, _ truth: Set<String>,
        _ isOfFresh: (String?) -> Bool, _ fresh: Set<String>
    ) async throws -> [String] {
        let rows = try await Rows(store, type, source: nil)
        let settled = Set(rows.byID.filter { !isOfFresh($0.value.text(owner)) }.keys)
        let all = Set(rows.byID.keys)
        // What is missing may belong to a fresh record, which the truth's ids alone do not tell.
        let missing = fresh.isEmpty ? truth.subtracting(all) : []
        let surplus = settled.subtracting(truth)
        return difference("\(Columns.table)", settled.subtracting(surplus), settled.union(missing).subtracting(surplus))
            + (surplus.isEmpty ? [] : ["\(Columns.table) has \(surplus.count) too many: \(surplus.sorted().prefix(3))"])
    }

    private static func difference(_ table: String, _ have: Set<String>, _ want: Set<String>) -> [String] {
        var found: [String] = []
        let (missing, surplus) = (want.subtracting(have), have.subtracting(want))
        if !missing.isEmpty { found.append("\(table) lacks \(missing.count): \(missing.sorted().prefix(5))") }
        if !surplus.isEmpty { found.append("\(table) has \(surplus.count) too many: \(surplus.sorted().prefix(5))") }
        return found
    }
}

/// The rows of a table that are there.
struct Rows<Columns: TableColumns> {
    struct Row {
        let values: [RowValue]

        func text(_ column: some RawRepresentable<Int>) -> String? {
            if case .text(let text) = values[column.rawValue] { text } else { nil }
        }
        func instant(_ column: some RawRepresentable<Int>) -> Instant? {
            if case .integer(let value) = values[column.rawValue] { Instant(microseconds: value) } else { nil }
        }
    }

    var byID: [String: Row] = [:]

    init(_ store: any Store, _ type: Columns.Type, source: SourceID?) async throws {
        let sourceColumn = Columns.allCases.count + 1
        var after: RowID?
        while true {
            let page = try await store.rows(of: Columns.table, includingDeleted: false, after: after, limit: 5_000)
            for values in page {
                guard case .text(let id) = values[0], case .text(let from) = values[sourceColumn] else { continue }
                after = RowID(source: SourceID(from), id: id)
                if source == nil || source?.rawValue == from { byID[id] = Row(values: values) }
            }
            if page.count < 5_000 { return }
        }
    }
}
