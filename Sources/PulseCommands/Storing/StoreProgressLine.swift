import PulseDomain
import PulseStore
import PulseTerminal
import Synchronization

/// How far a copy or a check is, on standard error: one line that changes on a terminal; elsewhere a line a table that is
/// copied, and none for a check.
final class StoreProgressLine: Sendable {
    private let output: Output
    private let told = Mutex("")

    init(_ output: Output) { self.output = output }

    func show(_ progress: StoreCopy.Progress) {
        let verb = progress.isComparing ? "comparing" : "copying"
        guard output.showsProgress else {
            let word = "\(verb) \(progress.table)"
            let isNew = told.withLock { told in
                defer { told = word }
                return told != word
            }
            if isNew, !progress.isComparing {
                output.note(
                    "\(word) (\(Figures.count(progress.copied)) of \(Figures.count(progress.total)) rows so far)")
            }
            return
        }
        draw(
            progress.total == 0 ? 1 : Double(progress.copied) / Double(progress.total),
            "\(Figures.count(progress.copied)) of \(Figures.count(progress.total)) rows  \(verb) \(progress.table)")
    }

    func show(_ progress: StoreAudit.Progress) {
        guard output.showsProgress else { return }
        draw(
            Double(progress.done) / Double(max(1, progress.total)),
            "\(progress.done) of \(progress.total) checks  \(progress.what)")
    }

    func show(_ progress: TenantRemoval.Progress) {
        guard output.showsProgress else { return }
        draw(
            Double(progress.removed) / Double(max(1, progress.total)),
            "\(Figures.count(progress.removed)) of \(Figures.count(progress.total)) rows  removing \(progress.table)")
    }

    private func draw(_ share: Double, _ figures: String) {
        let text = "\(ProgressLine.bar(share, glyphs: output.glyphs)) \(Int(share * 100))%  \(figures)"
        // Carriage return and erasing to the end of the line (ECMA-48 EL).
        output.noteRaw("\r" + TerminalText.truncate(text, to: max(20, output.progressWidth - 1)) + "\u{1B}[K")
    }

    func end() { if output.showsProgress { output.noteRaw("\r\u{1B}[K") } }
}
