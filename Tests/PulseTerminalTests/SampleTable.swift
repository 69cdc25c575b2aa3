@testable import PulseTerminal

/// Jobs as the console shows them.
enum SampleTable {
    static let states: [(String, ColorRole)] = [
        ("● running", .running), ("✓ ok", .ok), ("◷ waiting", .waiting), ("✗ failed", .error),
    ]

    static func table(_ ids: [Int], sort: (column: Int, isAscending: Bool)? = nil) -> TableView<Int, [Int]> {
        TableView(
            columns: [
                TableColumn("ID", .fixed(5), alignment: .right, priority: 3), TableColumn("State", .fixed(9)),
                TableColumn("Job", .flexible(min: 12, weight: 3)),
                TableColumn("Source", .flexible(min: 8, max: 14), priority: 4),
                TableColumn("Records", .fixed(9), alignment: .right, priority: 2),
                TableColumn("Age", .fixed(6), alignment: .right, priority: 1),
            ],
            ids: ids, sort: sort
        ) { row in
            let id = ids[row]
            let (word, role) = states[id % 4]
            return [
                "\(id)", StyledText(word, Style(role)), "acme/repository-\(id) pulls",
                StyledText("github", Style(.muted)),
                "\(id * 7_919 % 100_000)", StyledText("\(id % 60)s", Style(.muted)),
            ]
        }
    }
}
