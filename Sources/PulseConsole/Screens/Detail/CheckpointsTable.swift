import PulseDomain
import PulseTerminal

/// The kept checkpoints, newest first.
enum CheckpointsTable {
    /// Columns for these checkpoints: records need more room where it is known how many there will be.
    static func columns(_ checkpoints: [Checkpoint]) -> [TableColumn] {
        let records = checkpoints.contains { $0.expected != nil } ? 14 : 9
        return [
            TableColumn("NO.", .fixed(7), alignment: .right),
            TableColumn("PARTITION", .flexible(min: 14, weight: 2, max: 30), truncation: .middle),
            TableColumn("SAVED", .fixed(9), alignment: .right),
            TableColumn("RUN", .fixed(6), alignment: .right, priority: 4),
            TableColumn("MODE", .fixed(11), priority: 5),
            TableColumn("RECORDS", .fixed(records), alignment: .right, priority: 2),
            TableColumn("PAGES", .fixed(6), alignment: .right, priority: 6),
            TableColumn("WATERMARK", .fixed(12), priority: 3),
            TableColumn("GOES ON AT", .flexible(min: 14, weight: 3), priority: 1),
        ]
    }

    static func draw(
        _ checkpoints: [Checkpoint], _ table: TableState<CheckpointID>, _ isFocused: Bool, _ pen: Pen,
        on surface: inout Surface, in area: Rect
    ) {
        TableView(
            columns: columns(checkpoints), ids: checkpoints.map(CheckpointID.init),
            emptyMessage: "No checkpoint has been saved yet.",
            isFocused: isFocused
        ) { cells(checkpoints[$0], pen) }.draw(on: &surface, in: area, state: table)
    }

    static func cells(_ checkpoint: Checkpoint, _ pen: Pen) -> [StyledText] {
        let row = CheckpointRow(checkpoint, pen.times)
        return [
            StyledText(row.sequence, Style(.title)), StyledText(row.partition), .muted(row.age), .muted(row.run),
            .muted(row.mode), StyledText(row.records), .muted(row.pages), StyledText(row.watermark),
            checkpoint.isComplete ? StyledText(row.position, Style(.ok)) : .muted(row.position),
        ]
    }
}
