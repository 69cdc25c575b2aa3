import PulseDomain
import PulseTerminal

/// One quarantined record for a person.
enum QuarantineText {
    static func text(of entry: QuarantineEntry, _ output: Output) -> String {
        let fidelity = output.fidelity
        let facts: [(String, String)] = [
            ("number", "\(entry.id)"), ("record", entry.record.recordID ?? "its id could not be read"),
            ("job", entry.partition.job.rawValue), ("partition", entry.partition.key.rawValue),
            ("run", "\(entry.run)"), ("since", entry.at.iso8601), ("state", entry.state.rawValue),
            ("replays", "\(entry.replays)"), ("code", entry.record.code),
        ]
        var lines = facts.map { "\($0.0.padding(to: 10))\(TerminalText.sanitize($0.1, as: fidelity))" }
        let reason = TerminalText.sanitize(entry.record.reason, as: fidelity)
        lines += output.width.map { TerminalText.wrap(reason, to: $0, as: fidelity) } ?? [reason]
        lines += ["", "Payload:"]
        lines += TerminalText.sanitizedLines(String(decoding: entry.record.payload, as: UTF8.self), as: fidelity)
        return lines.map { $0 + "\n" }.joined()
    }
}

extension String {
    /// With blanks at its end, so that it fills `width` columns.
    func padding(to width: Int) -> String { TerminalText.pad(self, to: width) }
}
