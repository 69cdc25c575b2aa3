import PulseDomain
import PulseTerminal

/// A partition as texts that the screen and the plain twin share.
struct PartitionRow {
    var label: Label
    var key: String
    var records: String
    var pages: String
    var pageSize: String
    var watermark: String
    var cursor: String
    var reason: String
    var rate: String

    init(_ status: PartitionStatus, _ times: TimeTexts) {
        key = status.key == .whole ? "(all)" : status.key.rawValue
        reason = ""
        switch status.state {
        case .pending: label = Label.muted("pending")
        case .running: label = Label("●", ">", "running", .running)
        case .waiting(let wait):
            label = Label("◐", "~", "waiting", .waiting)
            reason = "\(times.until(wait.until)): \(wait.because)"
        case .complete: label = Label.ok("done")
        case .failed(let failure):
            label = Label.error("failed")
            reason = failure.sentence
        case .skipped(let by, let why):
            label = Label("◑", "!", "skipped", .warning)
            reason = "\(by): \(why)"
        }
        // What is done, or waits, loads nothing, whatever the mean of the last seconds says.
        rate = status.state == .running && status.ratePerSecond > 0 ? Figures.compact(status.ratePerSecond) : ""
        let checkpoint = status.checkpoint
        records = checkpoint.map { CheckpointRow.records($0) } ?? ""
        pages = checkpoint.map { Figures.count($0.pages) } ?? ""
        pageSize = checkpoint?.pageSize.map(String.init) ?? ""
        watermark = CheckpointRow.watermark(checkpoint?.watermark, times)
        cursor = CheckpointRow.cursor(checkpoint)
    }
}

/// A checkpoint as texts that the screen and the plain twin share.
struct CheckpointRow {
    var sequence: String
    var partition: String
    var age: String
    var run: String
    var mode: String
    var records: String
    var pages: String
    var watermark: String
    var position: String

    init(_ checkpoint: Checkpoint, _ times: TimeTexts) {
        sequence = String(checkpoint.sequence)
        partition = checkpoint.partition.key == .whole ? "(all)" : checkpoint.partition.key.rawValue
        age = times.ago(checkpoint.savedAt)
        run = checkpoint.run.description
        mode = checkpoint.mode.name
        records = Self.records(checkpoint)
        pages = Figures.count(checkpoint.pages)
        watermark = Self.watermark(checkpoint.watermark, times)
        position = Self.cursor(checkpoint)
    }

    static func records(_ checkpoint: Checkpoint) -> String {
        let done = Figures.count(checkpoint.counts.extracted)
        return checkpoint.expected.map { "\(done) / \(Figures.compact(Double($0)))" } ?? done
    }

    static func watermark(_ watermark: Watermark?, _ times: TimeTexts) -> String {
        guard let watermark else { return "none yet" }
        return watermark.changedAt.map { times.clock($0) } ?? (watermark.state == nil ? "none yet" : "kept")
    }

    /// The cursor in short; the whole of it can be copied.
    static func cursor(_ checkpoint: Checkpoint?) -> String {
        guard let checkpoint else { return "" }
        guard let cursor = checkpoint.cursor else { return "complete" }
        return "page \(Figures.count(checkpoint.pages + 1)), cursor \(cursor.digest)"
    }
}

/// The partitions of a run and where each stands.
enum PartitionsTable {
    static let columns = [
        TableColumn("STATE", .fixed(10)),
        TableColumn("PARTITION", .flexible(min: 14, weight: 2, max: 34), truncation: .middle),
        TableColumn("RECORDS", .fixed(14), alignment: .right, priority: 1),
        TableColumn("REC/S", .fixed(5), alignment: .right, priority: 5),
        TableColumn("PAGES", .fixed(6), alignment: .right, priority: 3),
        TableColumn("SIZE", .fixed(4), alignment: .right, priority: 6),
        TableColumn("WATERMARK", .fixed(12), priority: 4),
        TableColumn("WHY, OR WHERE IT STANDS", .flexible(min: 20, weight: 4), priority: 2),
    ]

    static func draw(
        _ partitions: [PartitionStatus], _ table: TableState<PartitionKey>, _ isFocused: Bool, _ pen: Pen,
        on surface: inout Surface, in area: Rect
    ) {
        TableView(
            columns: columns, ids: partitions.map(\.key), emptyMessage: "No partition is known yet.",
            isFocused: isFocused
        ) { index in
            let row = PartitionRow(partitions[index], pen.times)
            let reason =
                row.reason.isEmpty ? StyledText.muted(row.cursor) : StyledText(row.reason, Style(row.label.role))
            return [
                row.label.text(pen.glyphs), StyledText(row.key, Style(.title)), StyledText(row.records),
                pen.isStale ? .nothing : StyledText(row.rate, Style(.running)), .muted(row.pages), .muted(row.pageSize),
                .muted(row.watermark),
                reason,
            ]
        }.draw(on: &surface, in: area, state: table)
    }
}
