import PulseDomain
import PulseTerminal

/// A line, a record or an entry in full, as it was when it was opened.
struct Reading: Hashable, Sendable {
    /// A part of it: a name and its text, which may have several lines.
    struct Part: Hashable, Sendable {
        var name: String
        var text: String
        /// What the text tells by its colour.
        var role = ColorRole.overlayText
    }

    var title: String
    var parts: [Part]
    /// What the clipboard gets.
    var copy: String
    /// The first line shown.
    private(set) var scrolled = 0

    init(_ title: String, _ parts: [Part], copy: String) {
        self.title = title
        self.parts = parts.filter { !$0.text.isEmpty }
        self.copy = copy
    }

    /// Scrolls; stops at the ends.
    mutating func scroll(by lines: Int, size: Size) {
        let frame = ReadingOverlay.frame(self, in: Rect(origin: .zero, size: size))
        let count = ReadingOverlay.lines(self, width: max(1, frame.width - 4)).count
        scrolled = max(0, min(scrolled + lines, count - max(1, frame.height - 2)))
    }
}

extension Reading {
    /// A log line with all its facts.
    init(_ line: LogLine, _ times: TimeTexts) {
        var parts = [
            Part(name: "when", text: "\(times.stamp(line.at)) UTC"),
            Part(name: "level", text: line.level.label.word, role: line.level.label.role),
            Part(name: "engine", text: line.engine ?? ""),
            Part(name: "job", text: line.job?.rawValue ?? ""),
            Part(name: "partition", text: line.partition == .whole ? "" : line.partition?.rawValue ?? ""),
            Part(name: "what", text: line.message),
        ]
        parts += line.facts.map { Part(name: $0.name, text: $0.value) }
        parts.append(Part(name: "correlation", text: line.correlation?.rawValue ?? ""))
        self.init("Log line", parts, copy: LogRow.plain(line))
    }

    /// What was said last, and how long ago.
    init(_ said: Said, now: Duration) {
        let age = TimeTexts.duration(.seconds(Int(max(0, (now - said.at).inSeconds))))
        let parts = [
            Part(name: "what", text: said.text, role: said.tone.role), Part(name: "said", text: "\(age) ago"),
        ]
        self.init("Last message", parts, copy: said.text)
    }

    /// An entry of the audit.
    init(_ entry: AuditEntry, _ times: TimeTexts) {
        let parts = [
            Part(name: "when", text: "\(times.stamp(entry.at)) UTC"), Part(name: "who", text: entry.by.name),
            Part(name: "what", text: entry.action), Part(name: "to", text: entry.subject),
            Part(name: "outcome", text: entry.outcome, role: entry.isRefused ? .error : .overlayText),
            Part(name: "why", text: entry.reason.isEmpty ? "no reason was given" : entry.reason),
            Part(name: "correlation", text: entry.correlation.rawValue),
        ]
        let copy = parts.map { "\($0.name): \(TerminalText.sanitize($0.text))" }.joined(separator: "\n")
        self.init("Audit entry \(entry.sequence)", parts, copy: copy)
    }

    /// A record in quarantine with its payload.
    init(_ entry: QuarantineEntry, _ times: TimeTexts) {
        let row = QuarantineRow(entry, times)
        let payload = PrettyJSON.readable(entry.record.payload.prefix(50_000))
        let parts = [
            Part(name: "job", text: row.job), Part(name: "partition", text: row.partition),
            Part(name: "since", text: row.age), Part(name: "code", text: row.code),
            Part(name: "why", text: row.reason, role: .warning), Part(name: "replays", text: row.replays),
            Part(name: "payload", text: payload),
        ]
        self.init(
            "Record \(row.record)", parts,
            copy: String(decoding: entry.record.payload.prefix(50_000), as: UTF8.self))
    }
}

extension Reading {
    /// A row of a unified table: what it holds, and what that means.
    init(_ row: DataRow, of table: Table) {
        var parts: [Part] = []
        for (value, column) in zip(row.values, table.allColumns) where value != .null {
            parts.append(Part(name: column.name, text: RowText.whole(value, column.type)))
            parts.append(Part(name: "", text: column.meaning, role: .muted))
        }
        let empty = zip(row.values, table.allColumns).filter { $0.0 == .null }.map(\.1.name)
        parts.append(Part(name: "empty", text: empty.joined(separator: ", "), role: .muted))
        let copy = zip(row.values, table.allColumns).filter { $0.0 != .null }.map {
            "\($1.name): \(TerminalText.sanitize($0.text(as: $1.type) ?? ""))"
        }
        self.init("\(table.name) \(row.id(in: table)?.id ?? "")", parts, copy: copy.joined(separator: "\n"))
    }
}

extension ConsoleState {
    /// What Enter shows in full on this screen; `nil` where it opens something else.
    var reading: Reading? {
        let times = TimeTexts(now: now)
        if let detail {
            return detail.pane == .log ? detail.logLine.map { Reading($0, times) } : nil
        }
        switch screen {
        case .logs: return logs.selected.map { Reading($0, times) }
        case .audit:
            return audit.entries.first { $0.sequence == audit.table.selection }.map { Reading($0, times) }
        case .data:
            guard let open = data.open, let row = open.selected else { return nil }
            return Reading(row, of: open.table)
        case .recovery where recovery.pane == .quarantine:
            return recovery.entries.first { $0.id == recovery.table.selection }.map { Reading($0, times) }
        case .jobs, .limits, .recovery, .alerts, .health: return nil
        }
    }
}
