import PulseDomain
import PulseTerminal

/// How many jobs are in which state, on one line.
enum Tally {
    /// The pressing ones first; calm ones are left out where there is no room.
    ///
    /// - Parameter verdict: What is told beside: it is not told again.
    static func line(_ fleet: Fleet, _ pen: Pen, room: Int, beside verdict: Verdict) -> StyledText {
        var facts = jobs(
            in: fleet,
            [
                (.failed, [.failed]), (.suspicious, [.suspicious]), (.stopped, [.stopped, .stopping]),
                (.paused, [.paused, .pausing]), (.silent, [.silent]), (.waiting, verdict.tellsWaits ? [] : [.waiting]),
            ])
        // A job of which records are missing counts as done: that they are has words of its own.
        facts.append((Label.warning("in quarantine"), verdict.tellsQuarantine ? 0 : fleet.quarantined))
        facts += jobs(
            in: fleet,
            [
                (.incomplete, [.incomplete]), (.running, [.running]), (.queued, [.queued]), (.held, [.held]),
                (.succeeded, [.succeeded, .quarantined]), (.new, [.new]),
            ])
        var text = StyledText.nothing
        for (label, count) in facts where count > 0 {
            let fact =
                StyledText(label.sign(pen.glyphs), Style(label.role)) + " \(Figures.count(count)) \(label.word)  "
            guard text.width + fact.width <= room + 2 else { break }
            text = text + fact
        }
        return text
    }

    private static func jobs(
        in fleet: Fleet, _ groups: [(shown: JobCondition, members: [JobCondition])]
    ) -> [(Label, Int)] {
        groups.map { group in
            (group.shown.label, group.members.reduce(0) { $0 + fleet.tally[$1, default: 0] })
        }
    }
}
