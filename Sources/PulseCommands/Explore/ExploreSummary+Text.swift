extension ExploreSummary {
    /// The summary as tables.
    func text(_ output: Output) -> String {
        let totals = TextTable(
            ["FOUND", "COUNT"], numbers: [1],
            rows: [
                ["repositories", Figures.count(repositories)], ["commits", Figures.count(commits)],
                ["people", Figures.count(people)], ["releases (tags)", Figures.count(releases)],
                ["mentions of work items", Figures.count(mentions)],
                ["different work items", Figures.count(workItems)],
            ])
        let authors = TextTable(
            ["AUTHOR", "COMMITS", "LAST"], numbers: [1],
            rows: topAuthors.map { [$0.name, Figures.count($0.commits), Self.day($0.lastCommitAt)] })
        let busiest = TextTable(
            ["REPOSITORY", "COMMITS", "RELEASES", "LAST"], numbers: [1, 2],
            rows: busiestRepositories.map {
                [$0.name, Figures.count($0.commits), Figures.count($0.releases), Self.day($0.lastCommitAt)]
            })
        func text(_ table: TextTable) -> String {
            table.text(output, empty: "Nothing was found.")
        }
        return text(totals) + "\n" + text(authors) + "\n" + text(busiest)
    }

    private static func day(_ time: String?) -> String { time.map { String($0.prefix(10)) } ?? "never" }
}

extension JSONObject {
    /// `pulse explore --once --json`.
    init(_ summary: ExploreSummary) {
        self = [
            "repositories": summary.repositories,
            "commits": summary.commits,
            "people": summary.people,
            "releases": summary.releases,
            "mentions": summary.mentions,
            "work_items": summary.workItems,
            "top_authors": summary.topAuthors.map { author in
                ["name": author.name, "commits": author.commits, "last_commit_at": author.lastCommitAt] as JSONObject
            },
            "busiest_repositories": summary.busiestRepositories.map { repository in
                [
                    "name": repository.name,
                    "commits": repository.commits,
                    "releases": repository.releases,
                    "last_commit_at": repository.lastCommitAt,
                ] as JSONObject
            },
        ]
    }
}
