import PulseDomain
import PulseStore

/// What was found in the repositories.
struct ExploreSummary: Equatable {
    struct Author: Equatable {
        var name: String
        var commits: Int
        var lastCommitAt: String?
    }

    struct Repository: Equatable {
        var name: String
        var commits: Int
        var releases: Int
        var lastCommitAt: String?
    }

    var repositories = 0
    var commits = 0
    var people = 0
    var releases = 0
    /// Mentions of work items in commit messages, and how many different items.
    var mentions = 0
    var workItems = 0
    var topAuthors: [Author] = []
    var busiestRepositories: [Repository] = []

    private static let listed = 10
    private static let block = 2_000

    /// Reads the tables in blocks: memory follows the numbers of authors and repositories, not of commits.
    static func read(from store: any Store) async throws -> ExploreSummary {
        var tally = Tally()
        try await each(RepositoryColumns.self, of: store) { tally.addRepository($0) }
        try await each(CommitColumns.self, of: store) { tally.addCommit($0) }
        try await each(ReleaseColumns.self, of: store) { tally.addRelease($0) }
        try await each(WorkItemCommitColumns.self, of: store) { tally.addMention($0) }
        return tally.summary(people: try await store.rowCount(of: PersonColumns.table), listed: listed)
    }

    private static func each<Columns: TableColumns>(
        _ type: Columns.Type, of store: any Store, _ body: ([RowValue]) -> Void
    ) async throws {
        let table = UnifiedSchema.table(of: type)
        let sourceColumn = table.columns.count + (Table.provenance.firstIndex { $0.name == "source" } ?? 0)
        var after: RowID?
        while true {
            let rows = try await store.rows(of: Columns.table, includingDeleted: false, after: after, limit: block)
            for row in rows { body(row) }
            guard rows.count == block, let last = rows.last, let id = last[0].text,
                let source = last[sourceColumn].text
            else { return }
            after = RowID(source: SourceID(source), id: id)
        }
    }
}

/// Counts while the tables are read.
private struct Tally {
    private struct Sum {
        var name: String
        var commits = 0
        var releases = 0
        var last: Int64?

        mutating func addCommit(at instant: Int64?) {
            commits += 1
            last = [last, instant].compactMap { $0 }.max()
        }
    }

    private var repositories: [String: Sum] = [:]
    private var authors: [String: Sum] = [:]
    private var items: Set<String> = []
    private var mentions = 0
    private var commits = 0
    private var releases = 0

    mutating func addRepository(_ row: [RowValue]) {
        let id = row[RepositoryColumns.id.rawValue].text ?? ""
        repositories[id] = Sum(name: row[RepositoryColumns.name.rawValue].text ?? id)
    }

    mutating func addCommit(_ row: [RowValue]) {
        commits += 1
        let at = row[CommitColumns.committedAt.rawValue].integer
        let name = row[CommitColumns.authorName.rawValue].text ?? "unknown"
        let mail = row[CommitColumns.authorEmail.rawValue].text ?? name
        authors[mail, default: Sum(name: name)].addCommit(at: at)
        let repository = row[CommitColumns.repositoryID.rawValue].text ?? ""
        repositories[repository, default: Sum(name: repository)].addCommit(at: at)
    }

    mutating func addRelease(_ row: [RowValue]) {
        releases += 1
        let repository = row[ReleaseColumns.repositoryID.rawValue].text ?? ""
        repositories[repository, default: Sum(name: repository)].releases += 1
    }

    mutating func addMention(_ row: [RowValue]) {
        mentions += 1
        if let key = row[WorkItemCommitColumns.key.rawValue].text { items.insert(key) }
    }

    func summary(people: Int, listed: Int) -> ExploreSummary {
        func first(_ sums: Dictionary<String, Sum>.Values) -> [Sum] {
            Array(sums.sorted { ($1.commits, $0.name) < ($0.commits, $1.name) }.prefix(listed))
        }
        func time(_ sum: Sum) -> String? { sum.last.map { Instant(microseconds: $0).iso8601 } }
        return ExploreSummary(
            repositories: repositories.count, commits: commits, people: people, releases: releases, mentions: mentions,
            workItems: items.count,
            topAuthors: first(authors.values).map {
                .init(name: $0.name, commits: $0.commits, lastCommitAt: time($0))
            },
            busiestRepositories: first(repositories.values).map {
                .init(name: $0.name, commits: $0.commits, releases: $0.releases, lastCommitAt: time($0))
            })
    }
}

extension RowValue {
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
}
