import PulseDomain
import PulseTerminal

/// A log line as text.
enum LogRow {
    /// Time, level, what, facts; for screens that are about one job the job is left out.
    ///
    /// - Parameters:
    ///   - engineWidth: Columns for the engine's name; 0: only one engine is known, and it is left out.
    ///   - namesLevel: Whether levels are words besides their signs.
    static func styled(
        _ line: LogLine, showsJob: Bool, engineWidth: Int = 0, namesLevel: Bool = true, _ pen: Pen
    ) -> StyledText {
        let label = line.level.label
        let isLoud = line.level >= .warning
        let word = namesLevel ? TerminalText.pad(label.word, to: 7) + " " : ""
        var text =
            .muted(pen.times.clockWithSeconds(line.at) + " ")
            + StyledText("\(label.sign(pen.glyphs)) \(word)", Style(label.role))
        text = text + engine(of: line, width: engineWidth)
        if showsJob, let job = line.job { text = text + StyledText("\(job) ", Style(.accent)) }
        if let partition = line.partition, partition != .whole {
            text = text + StyledText("[\(partition)] ", Style(.info))
        }
        text = text + StyledText(line.message, isLoud ? Style(label.role) : Style(.text))
        for fact in facts(of: line) { text = text + .muted("  \(fact.name)=") + StyledText(fact.value, Style(.text)) }
        return text
    }

    /// Facts in the order of a line that is cut at its end: why comes before where.
    static func facts(of line: LogLine) -> [LogLine.Fact] {
        line.facts.filter { $0.name == "failure" } + line.facts.filter { $0.name != "failure" }
    }

    /// The engine's name as a column; nothing where there is no width for it.
    static func engine(of line: LogLine, width: Int) -> StyledText {
        guard width > 0 else { return .nothing }
        let name = TerminalText.truncate(line.engine ?? "", to: width, .middle)
        return .muted(TerminalText.pad(name, to: width) + " ")
    }

    /// The whole line, for the clipboard.
    static func plain(_ line: LogLine) -> String { plain(line, as: .cells) }

    /// The whole line, for the plain twin.
    ///
    /// - Parameter showsEngine: Whether more than one is known.
    static func plain(_ line: LogLine, as fidelity: TextFidelity, showsEngine: Bool = true) -> String {
        let facts = line.facts.map { " \($0.name)=\($0.value)" }.joined()
        let subject = [line.job?.rawValue, line.partition.map { "[\($0)]" }].compactMap { $0 }.joined()
        let engine = showsEngine ? line.engine.map { "{\($0)} " } ?? "" : ""
        let text =
            "\(line.at.iso8601) \(line.level.rawValue) \(engine)\(subject.isEmpty ? "" : subject + " ")\(line.message)\(facts)"
        return TerminalText.sanitize(text, as: fidelity)
    }

    /// The whole log of one job.
    static func view(_ buffer: LogBuffer, engineWidth: Int, width: Int, _ pen: Pen) -> LogView<[Int]> {
        LogView(lines: buffer.order) {
            styled(buffer[$0], showsJob: false, engineWidth: engineWidth, namesLevel: namesLevel(in: width), pen)
        }
    }

    /// Whether there is room for the word of a level: else its sign tells it.
    static func namesLevel(in width: Int) -> Bool { width >= 100 }

    /// Whether new lines are followed, for titles.
    static func stance(_ view: LogViewState) -> StyledText {
        view.isFollowing
            ? StyledText("follows", Style(.ok)) : StyledText("stands still; G follows again", Style(.warning))
    }
}
