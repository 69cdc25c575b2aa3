import PulseDomain
import PulseTerminal

/// A log line as text.
enum LogRow {
    /// Time, level, what, facts; for screens that are about one job the job is left out.
    static func styled(_ line: LogLine, showsJob: Bool, _ pen: Pen) -> StyledText {
        let label = line.level.label
        let isLoud = line.level >= .warning
        var text =
            .muted(pen.times.clockWithSeconds(line.at) + " ")
            + StyledText("\(label.sign(pen.glyphs)) \(TerminalText.pad(label.word, to: 7)) ", Style(label.role))
        if showsJob, let job = line.job { text = text + StyledText("\(job) ", Style(.accent)) }
        if let partition = line.partition, partition != .whole {
            text = text + StyledText("[\(partition)] ", Style(.info))
        }
        text = text + StyledText(line.message, isLoud ? Style(label.role) : Style(.text))
        for fact in line.facts { text = text + .muted("  \(fact.name)=") + StyledText(fact.value, Style(.text)) }
        return text
    }

    /// The whole line, for the clipboard.
    static func plain(_ line: LogLine) -> String { plain(line, as: .cells) }

    /// The whole line, for the plain twin.
    static func plain(_ line: LogLine, as fidelity: TextFidelity) -> String {
        let facts = line.facts.map { " \($0.name)=\($0.value)" }.joined()
        let subject = [line.job?.rawValue, line.partition.map { "[\($0)]" }].compactMap { $0 }.joined()
        let text =
            "\(line.at.iso8601) \(line.level.rawValue) \(subject.isEmpty ? "" : subject + " ")\(line.message)\(facts)"
        return TerminalText.sanitize(text, as: fidelity)
    }

    /// The whole log of one job.
    static func view(_ buffer: LogBuffer, _ pen: Pen) -> LogView<Range<Int>> {
        LogView(lines: buffer.range) { styled(buffer[$0], showsJob: false, pen) }
    }

    /// Whether new lines are followed, for titles.
    static func stance(_ view: LogViewState) -> StyledText {
        view.isFollowing
            ? StyledText("follows", Style(.ok)) : StyledText("stands still; G follows again", Style(.warning))
    }
}
