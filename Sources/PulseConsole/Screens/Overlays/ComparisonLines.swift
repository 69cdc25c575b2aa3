import PulseDomain
import PulseTerminal

/// Where a partition would stand again, beside where it stands.
enum ComparisonLines {
    static func lines(_ comparison: CheckpointComparison, _ pen: Pen, width: Int) -> [StyledText] {
        let (then, now) = (comparison.then, comparison.now)
        let (left, right) = (CheckpointRow(then, pen.times), CheckpointRow(now, pen.times))
        let label = 12
        let column = max(8, (width - label) / 2)
        func line(_ title: String, _ before: String, _ after: String) -> StyledText {
            let isSame = before == after
            return .muted(TerminalText.pad(title, to: label))
                + StyledText(cut(before, column), isSame ? Style(.muted) : Style(.title))
                + StyledText(cut(after, column), Style(isSame ? .muted : .overlayText))
        }
        var lines: [StyledText] = [
            .muted(TerminalText.pad("", to: label))
                + .strong(cut("THEN, NO. \(left.sequence)", column), .headerText)
                + .strong(cut("NOW, NO. \(right.sequence)", column), .headerText),
            line("saved", left.age, right.age),
            line("by run", "\(left.run), \(left.mode)", "\(right.run), \(right.mode)"),
            line("records", left.records, right.records),
            line("pages", left.pages, right.pages),
            line("watermark", left.watermark, right.watermark),
            line("goes on at", position(then), position(now)),
        ]
        lines.append(.muted(TerminalText.truncate(difference(then, now), to: width)))
        lines.append("")
        return lines
    }

    private static func cut(_ text: String, _ column: Int) -> String {
        TerminalText.pad(TerminalText.truncate(text, to: column - 1), to: column)
    }

    /// People tell cursors apart by their digest; what is in them is the connector's.
    private static func position(_ checkpoint: Checkpoint) -> String {
        checkpoint.cursor.map { "cursor \($0.digest)" } ?? "its end: complete"
    }

    /// What lies between them.
    private static func difference(_ then: Checkpoint, _ now: Checkpoint) -> String {
        if then.sequence == now.sequence { return "This is where it stands: nothing would change." }
        // Counts are those of a walk: only within one do they tell what lies between.
        let isSameWalk = then.walk == nil ? then.run == now.run : then.walk == now.walk
        guard isSameWalk else {
            return "What runs \(then.run) to \(now.run) did since lies between them; no row is deleted."
        }
        let records = max(0, now.counts.extracted - then.counts.extracted)
        let pages = max(0, now.pages - then.pages)
        return
            "\(Figures.many(pages, "page")) with \(Figures.many(records, "record")) lie between them; no row is deleted."
    }
}
