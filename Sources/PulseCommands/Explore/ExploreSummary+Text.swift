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
            table.text(width: output.width, isBold: output.usesColor, empty: "Nothing was found.")
        }
        return text(totals) + "\n" + text(authors) + "\n" + text(busiest)
    }

    private static func day(_ time: String?) -> String { time.map { String($0.prefix(10)) } ?? "never" }
}
