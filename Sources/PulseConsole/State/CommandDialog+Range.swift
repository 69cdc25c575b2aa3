import PulseDomain
import PulseTerminal

/// A range of dates being typed.
struct RangeFields: Hashable, Sendable {
    var from = TextField("7d", limit: 40)
    var to = TextField(limit: 40)
    /// The moment that ages refer to: when the dialog was opened, so that the range does not move while it is looked at.
    let now: Instant

    /// What it comes to, or why it is no range.
    var range: Result<(from: Instant, to: Instant), TypedRange.Mistake> {
        do throws(TypedRange.Mistake) {
            return .success(try TypedRange.read(from: from.text, to: to.text, now: now))
        } catch {
            return .failure(error)
        }
    }

    /// In whole seconds: nobody types less.
    init(now: Instant) { self.now = Instant(seconds: now.seconds) }
}

/// Two checkpoints of one partition beside each other, for deciding on a rewind.
struct CheckpointComparison: Hashable, Sendable {
    /// Where it would stand again.
    var then: Checkpoint
    /// Where it stands.
    var now: Checkpoint
}
